// One address of a peer: IPv4 or IPv6, with its port.

internal import CLinux
internal import Glibc

// Fence: sockaddr_storage is plain memory; every reinterpretation stays inside its 128 bytes.
@safe package struct SocketAddress: Sendable {
    private var storage = sockaddr_storage()
    private(set) var length: socklen_t = 0

    /// Parses a literal such as `127.0.0.1` or `::1`; nil for anything else, host names included.
    package init?(literal host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr = four
            // SAFETY: sockaddr_storage is at least as large as sockaddr_in and aligned for it.
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in.self) }
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
        } else if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = six
            // SAFETY: as above, for sockaddr_in6.
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in6.self) }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        } else {
            return nil
        }
    }

    /// Copies what a call such as accept(2) or getaddrinfo(3) gave.
    init(_ pointer: UnsafePointer<sockaddr>, length: socklen_t) {
        precondition(Int(length) <= MemoryLayout<sockaddr_storage>.size)
        // SAFETY: the caller's pointer is good for `length` bytes, which fit the storage.
        unsafe withUnsafeMutableBytes(of: &storage) { room in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: Int(length)))
        }
        self.length = length
    }

    init() {}

    var family: Int32 { Int32(storage.ss_family) }

    /// Port in host byte order.
    package var port: UInt16 {
        // SAFETY: both sockaddr_in and sockaddr_in6 keep the port at byte 2.
        unsafe withUnsafeBytes(of: storage) { UInt16(bigEndian: unsafe $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }

    /// FNV-1a over what stands for one subscriber: an IPv4 address, also one mapped into IPv6, or the first 64 bits of an IPv6
    /// address, for anybody has the other 64 to himself.
    package var hash: UInt64 {
        let range = family != AF_INET6 ? 4..<8 : isMapped ? 20..<24 : 8..<16
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        // SAFETY: both ranges lie inside the storage.
        unsafe withUnsafeBytes(of: storage) { bytes in
            for index in range { unsafe hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        }
        return hash ^ (hash >> 32)
    }

    /// An IPv4 address in the form ::ffff:a.b.c.d, as a socket for both families reports it.
    private var isMapped: Bool {
        // SAFETY: the range lies inside the storage.
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe (8..<18).allSatisfy { unsafe bytes[$0] == 0 } && bytes[18] == 0xFF && bytes[19] == 0xFF
        }
    }

    /// The address without port in network order: 4 bytes or 16.
    package var octets: [UInt8] {
        let range = family == AF_INET6 ? 8..<24 : 4..<8
        // SAFETY: both ranges lie inside the storage.
        return unsafe withUnsafeBytes(of: storage) { unsafe Array($0[range]) }
    }

    /// The literal without port, such as `10.0.0.7`.
    package var host: String {
        var text = [CChar](repeating: 0, count: 64)
        let offset = family == AF_INET6 ? 8 : 4
        unsafe withUnsafeBytes(of: storage) { bytes in
            guard let base = bytes.baseAddress else { return }
            // SAFETY: the address lies at byte 4 (IPv4) or 8 (IPv6), and the text has room for any of them.
            _ = unsafe inet_ntop(family, base + offset, &text, 64)
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls `body` with the address as the system calls want it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // SAFETY: the storage begins with the family like every sockaddr, and lives during the call.
        unsafe withUnsafeBytes(of: storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("empty storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// Lets a call such as getsockname(2) fill the address; `body` returns what the call returned.
    mutating func fill(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> Int32 {
        var room = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // SAFETY: as in `withPointer`, and the kernel is told how much room there is.
        let result = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("empty storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), &room)
        }
        length = room
        return result
    }
}
