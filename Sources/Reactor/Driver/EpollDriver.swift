// The default driver: epoll, edge-triggered. A descriptor is registered once, for both directions, for its whole life.

internal import CLinux
internal import Glibc

// Fence: epoll(7). Every pointer passed here is used by the kernel only during the call.
@safe package final class EpollDriver {
    /// The epoll set itself.
    let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>

    package init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(call: "epoll_create1", code: errno) }
        unsafe events = .allocate(capacity: Limits.eventsPerWait)
        unsafe events.initialize(repeating: epoll_event())
    }

    deinit {
        unsafe events.deallocate()
        Socket.close(descriptor)
    }

    func wait(until: UInt64?) throws(SystemError) -> Int {
        var timeoutMS: Int32 = -1
        if let until {
            let now = SystemClock.now
            // Rounded up, so that a deadline has passed when its wait ends.
            timeoutMS = until <= now ? 0 : Int32(clamping: (until - now + 999_999) / 1_000_000)
        }
        // SAFETY: the buffer holds `eventsPerWait` initialised events for the whole call, and that count is passed.
        let count = unsafe epoll_wait(descriptor, events.baseAddress, Int32(events.count), timeoutMS)
        if count >= 0 { return Int(count) }
        if errno == EINTR { return 0 }
        throw SystemError(call: "epoll_wait", code: errno)
    }

    func event(_ index: Int) -> DriverEvent {
        let event = unsafe events[index]
        let bits = unsafe event.events
        var kinds: DriverEvent.Kinds = []
        if bits & EPOLLIN.rawValue != 0 { kinds.insert(.receivable) }
        if bits & EPOLLOUT.rawValue != 0 { kinds.insert(.sendable) }
        if bits & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
            kinds.formUnion([.hangUp, .receivable])
        }
        return DriverEvent(token: Token(raw: unsafe event.data.u64), kinds: kinds)
    }

    func listen(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        try Socket.listen(address, reusePort: reusePort)
    }

    func localAddress(_ descriptor: Int32) throws(SystemError) -> SocketAddress { try Socket.localAddress(descriptor) }
    func accept(_ listener: Int32) throws(SystemError) -> Int32? { try Socket.accept(listener) }
    func connect(_ address: SocketAddress) throws(SystemError) -> Int32 { try Socket.connect(address) }
    func connectFault(_ descriptor: Int32) -> Int32 { Socket.connectFault(descriptor) }

    func register(_ socket: Int32, _ token: Token) throws(SystemError) {
        var event = unsafe epoll_event()
        let bits = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        unsafe event.events =
            token.kind == .wake || token.kind == .listener ? EPOLLIN.rawValue | EPOLLET.rawValue : bits
        unsafe event.data.u64 = token.raw
        // SAFETY: the event is a local that outlives the call.
        guard unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0 else {
            throw SystemError(call: "epoll_ctl", code: errno)
        }
    }

    func receive(_ socket: Int32, into scratch: Scratch, _ range: Range<Int>) -> Driver.Received {
        let count = unsafe scratch.receive(range) { unsafe Socket.receive(socket, $0) }
        // A short read means that the socket is drained: with edge triggering the next bytes bring the next event.
        if count > 0 { return .bytes(count, isDrained: count < range.count) }
        if count == 0 { return .end }
        return errno == EAGAIN ? .nothing : .broken(errno)
    }

    func send(_ socket: Int32, _ bytes: Span<UInt8>) -> Driver.Sent {
        let count = Socket.send(socket, bytes)
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN ? .bytes(0) : .broken(errno)
    }

    func finishSending(_ socket: Int32) { Socket.finishSending(socket) }
    func close(_ socket: Int32, abort: Bool) { abort ? Socket.abort(socket) : Socket.close(socket) }
}
