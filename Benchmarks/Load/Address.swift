import CLinux
import Glibc

// Fence: inet_pton(3), bind-free connect(2): the socket address lives on the stack during each call.
/// Where the generator connects to: an IPv4 literal or the IPv6 loopback address.
@safe struct Address {
    private let ipv4: UInt32?
    private let port: UInt16
    /// Whether this is the machine itself: 127.0.0.0/8 or ::1.
    let isLoopback: Bool

    /// - Parameter host: `localhost`, `[::1]` or an IPv4 literal; no name is ever looked up.
    init?(host: String, port: UInt16) {
        self.port = port.bigEndian
        if host == "[::1]" {
            (ipv4, isLoopback) = (nil, true)
            return
        }
        var parsed = in_addr()
        // SAFETY: the string outlives the call, and `parsed` has the type that AF_INET asks for.
        guard unsafe inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &parsed) == 1 else { return nil }
        ipv4 = parsed.s_addr
        isLoopback = UInt32(bigEndian: parsed.s_addr) >> 24 == 127
    }

    /// Opens a non-blocking socket and begins to connect it. Returns -1 on failure, which `errno` then explains.
    func connect() -> Int32 {
        let family = ipv4 == nil ? AF_INET6 : AF_INET
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        if descriptor < 0 { return -1 }
        var on: Int32 = 1
        // SAFETY: `on` is read during the call only.
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let status =
            if let ipv4 {
                start(
                    descriptor,
                    sockaddr_in(
                        sin_family: sa_family_t(AF_INET), sin_port: port, sin_addr: in_addr(s_addr: ipv4),
                        sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)))
            } else {
                start(
                    descriptor,
                    sockaddr_in6(
                        sin6_family: sa_family_t(AF_INET6), sin6_port: port, sin6_flowinfo: 0,
                        sin6_addr: in6addr_loopback, sin6_scope_id: 0))
            }
        if status == 0 || errno == EINPROGRESS { return descriptor }
        _ = close(descriptor)
        return -1
    }

    private func start<Name>(_ descriptor: Int32, _ name: Name) -> Int32 {
        // SAFETY: `name` is a complete socket address of the family of the socket; its size is passed with it.
        unsafe withUnsafeBytes(of: name) {
            unsafe Glibc.connect(
                descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}
