// Host names are looked up on a thread of their own, since getaddrinfo(3) blocks. Answers go to the mailbox of who asked.

internal import CLinux
internal import Glibc
internal import Synchronization

// Fence: getaddrinfo(3). The list it returns is copied and freed within one call.
@safe package final class Resolver: Sendable {
    private struct Query: Sendable {
        let host: String
        let port: UInt16
        let mailbox: Mailbox
    }

    private struct Known {
        let result: Result<[SocketAddress], SystemError>
        let untilSeconds: Int
    }

    private struct Queue {
        var queries: [Query] = []
        var isStopped = false
    }

    private let queue = Mutex(Queue())
    private let bell: Int32
    private let admits: @Sendable (SocketAddress) -> Bool

    /// - Parameter admits: whether an address that a name has may be connected to; without any, the name counts as unknown.
    package init(admits: @escaping @Sendable (SocketAddress) -> Bool = { _ in true }) throws(SystemError) {
        self.admits = admits
        bell = eventfd(0, Int32(EFD_CLOEXEC))
        guard bell >= 0 else { throw SystemError(call: "eventfd", code: errno) }
    }

    deinit { close(bell) }

    /// Starts the thread that answers.
    package func start() throws(SystemError) -> Thread {
        try Thread(name: "resolver") { self.run() }
    }

    package func stop() {
        queue.withLock { $0.isStopped = true }
        eventfd_write(bell, 1)
    }

    /// Asks for the addresses of `host`; the answer is posted to `mailbox`.
    func resolve(host: String, port: UInt16, answerTo mailbox: Mailbox) {
        queue.withLock { $0.queries.append(Query(host: host, port: port, mailbox: mailbox)) }
        eventfd_write(bell, 1)
    }

    private func run() {
        var known: [String: Known] = [:]
        while true {
            var value: eventfd_t = 0
            _ = unsafe eventfd_read(bell, &value)
            let (queries, isStopped) = queue.withLock { queue in
                defer { queue.queries = [] }
                return (queue.queries, queue.isStopped)
            }
            if isStopped { return }
            for query in queries {
                let seconds = Int(time(nil))
                let key = "\(query.host):\(query.port)"
                if let entry = known[key], entry.untilSeconds > seconds {
                    query.mailbox.post(.addresses(host: query.host, port: query.port, entry.result))
                    continue
                }
                let result = admitted(Resolver.lookUp(query.host, query.port))
                var ttl = Limits.addressTTLSeconds
                if case .failure = result { ttl /= 10 }
                if known.count > 10_000 { known = known.filter { $0.value.untilSeconds > seconds } }
                known[key] = Known(result: result, untilSeconds: seconds + ttl)
                query.mailbox.post(.addresses(host: query.host, port: query.port, result))
            }
        }
    }

    private func admitted(_ found: Result<[SocketAddress], SystemError>) -> Result<[SocketAddress], SystemError> {
        guard case .success(let addresses) = found else { return found }
        let usable = addresses.filter(admits)
        return usable.isEmpty ? .failure(SystemError(call: "getaddrinfo", code: EACCES)) : .success(usable)
    }

    private static func lookUp(_ host: String, _ port: UInt16) -> Result<[SocketAddress], SystemError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else {
            return .failure(SystemError(call: "getaddrinfo", code: code == EAI_SYSTEM ? errno : EHOSTUNREACH))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        // SAFETY: the list is the one getaddrinfo made; it is walked before it is freed.
        while let one = unsafe entry {
            if let address = unsafe one.pointee.ai_addr {
                unsafe addresses.append(SocketAddress(address, length: one.pointee.ai_addrlen))
            }
            unsafe entry = one.pointee.ai_next
        }
        return addresses.isEmpty
            ? .failure(SystemError(call: "getaddrinfo", code: EHOSTUNREACH)) : .success(addresses)
    }
}
