// The socket calls, each once, with non-blocking descriptors and typed errors.

internal import CLinux
internal import Glibc

// Fence: socket(7). Pointers passed here are used by the kernel only during the call.
enum Socket {
    static func listen(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        let descriptor = try open(address.family)
        do throws(SystemError) {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if reusePort { try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            if address.family == AF_INET6 { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
            let bound = unsafe address.withPointer { unsafe bind(descriptor, $0, $1) }
            guard bound == 0 else { throw SystemError(call: "bind", code: errno) }
            guard Glibc.listen(descriptor, Limits.listenBacklog) == 0 else {
                throw SystemError(call: "listen", code: errno)
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The next connection waiting; nil when there is none.
    static func accept(_ listener: Int32) throws(SystemError) -> Int32? {
        while true {
            let descriptor = accept4(listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            if descriptor >= 0 {
                sendAtOnce(descriptor)
                return descriptor
            }
            switch errno {
            case EAGAIN: return nil
            // The peer gave up while it waited, or a signal came: take the next one.
            case EINTR, ECONNABORTED, EPROTO, EPERM: continue
            default: throw SystemError(call: "accept4", code: errno)
            }
        }
    }

    /// Small answers leave without waiting for the acknowledgement of earlier ones.
    static func sendAtOnce(_ descriptor: Int32) { try? set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1) }

    /// Lets calls wait; those under io_uring then wait in the kernel instead of failing with EAGAIN.
    static func setBlocking(_ descriptor: Int32) {
        let flags = fcntl(descriptor, F_GETFL, 0)
        if flags & O_NONBLOCK != 0 { _ = fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) }
    }

    /// Starts a connection; it is made when the descriptor becomes writable, and `connectFault` then tells how it went.
    static func connect(_ address: SocketAddress) throws(SystemError) -> Int32 {
        let descriptor = try open(address.family)
        sendAtOnce(descriptor)
        let result = unsafe address.withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
        if result == 0 || errno == EINPROGRESS { return descriptor }
        let code = errno
        close(descriptor)
        throw SystemError(call: "connect", code: code)
    }

    /// 0 when the connection is made, else the errno value why not.
    static func connectFault(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return errno }
        return code
    }

    static func localAddress(_ descriptor: Int32) throws(SystemError) -> SocketAddress {
        var address = SocketAddress()
        guard unsafe address.fill({ unsafe getsockname(descriptor, $0, $1) }) == 0 else {
            throw SystemError(call: "getsockname", code: errno)
        }
        return address
    }

    static func peerAddress(_ descriptor: Int32) -> SocketAddress? {
        var address = SocketAddress()
        return unsafe address.fill { unsafe getpeername(descriptor, $0, $1) } == 0 ? address : nil
    }

    /// Bytes received; 0 at the end of the stream, negative with errno set otherwise.
    static func receive(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = unsafe recv(descriptor, room.baseAddress, room.count, 0)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// Bytes the kernel accepted, negative with errno set otherwise. A peer that left raises no signal.
    static func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Int {
        // SAFETY: the span is valid during the call.
        unsafe bytes.withUnsafeBufferPointer { source in
            while true {
                let count = unsafe Glibc.send(descriptor, source.baseAddress, source.count, Int32(MSG_NOSIGNAL))
                if count >= 0 || errno != EINTR { return count }
            }
        }
    }

    /// Tells the peer that nothing more will come, and keeps receiving.
    static func finishSending(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes so that the peer sees a reset instead of an end: what it got so far must not pass for a whole answer.
    static func abort(_ descriptor: Int32) {
        var off = linger(l_onoff: 1, l_linger: 0)
        // SAFETY: the option value is a local that outlives the call.
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &off, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    static func close(_ descriptor: Int32) {
        let result = Glibc.close(descriptor)
        precondition(result == 0 || errno != EBADF, "closed descriptor \(descriptor) twice")
    }

    private static func open(_ family: Int32) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket", code: errno) }
        return descriptor
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) throws(SystemError) {
        var value = value
        // SAFETY: the option value is a local that outlives the call.
        guard unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SystemError(call: "setsockopt", code: errno)
        }
    }
}
