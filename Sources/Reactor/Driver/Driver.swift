// The door to the kernel, real or simulated. Whoever stands above it takes bytes and queues bytes; it never sees
// readiness calls, submissions or completions.

internal import Wire

package enum Driver {
    case epoll(EpollDriver)
    case uring(UringDriver)
    case simulated(SimulatedDriver)

    /// What `TOKENHUB_REACTOR` asks for.
    package enum Choice: String, Sendable, CaseIterable { case auto, epoll, uring }

    /// Makes the driver asked for; `auto` takes epoll.
    /// - Throws: what the kernel says when it refuses.
    package static func make(_ choice: Choice) throws(SystemError) -> Driver {
        switch choice {
        case .auto, .epoll: .epoll(try EpollDriver())
        case .uring: .uring(try UringDriver())
        }
    }

    package enum Received: Equatable {
        /// So many bytes were put in place. `isDrained`: nothing more waits, an event will tell of the next bytes.
        case bytes(Int, isDrained: Bool)
        /// Nothing waits now; an event will tell.
        case nothing
        /// The peer has finished sending.
        case end
        /// The connection broke, with the errno value.
        case broken(Int32)
    }

    package enum Sent: Equatable {
        /// So many bytes were accepted; fewer than offered means: offer the rest after `sendable`.
        case bytes(Int)
        case broken(Int32)
    }

    /// The driver's name as the start banner and the metrics give it.
    package var name: String {
        switch self {
        case .epoll: "epoll"
        case .uring: "io_uring"
        case .simulated: "simulated"
        }
    }

    /// Nanoseconds on a clock that only moves forward.
    var now: UInt64 {
        switch self {
        case .epoll, .uring: SystemClock.now
        case .simulated(let driver): driver.now
        }
    }

    /// Nanoseconds since 1970-01-01 UTC.
    var wallClock: UInt64 {
        switch self {
        case .epoll, .uring: SystemClock.wallClock
        case .simulated(let driver): driver.wallClock
        }
    }

    /// A number nobody can foretell, or, simulated, one that the seed tells.
    var entropy: UInt64 {
        switch self {
        case .epoll, .uring: SystemClock.entropy
        case .simulated(let driver): driver.entropy
        }
    }

    /// Waits until something happens or the clock reaches `until` (nil: for ever), and says how many events there are.
    func wait(until: UInt64?) throws(SystemError) -> Int {
        switch self {
        case .epoll(let driver): try driver.wait(until: until)
        case .uring(let driver): try driver.wait(until: until)
        case .simulated(let driver): driver.wait(until: until)
        }
    }

    func event(_ index: Int) -> DriverEvent {
        switch self {
        case .epoll(let driver): driver.event(index)
        case .uring(let driver): driver.event(index)
        case .simulated(let driver): driver.event(index)
        }
    }

    func listen(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        switch self {
        case .epoll(let driver): try driver.listen(address, reusePort: reusePort)
        case .uring: try Socket.listen(address, reusePort: reusePort)
        case .simulated(let driver): try driver.network.listen(address, reusePort: reusePort)
        }
    }

    func localAddress(_ descriptor: Int32) throws(SystemError) -> SocketAddress {
        switch self {
        case .epoll(let driver): try driver.localAddress(descriptor)
        case .uring: try Socket.localAddress(descriptor)
        case .simulated(let driver): driver.network.localAddress(descriptor)
        }
    }

    /// The address at the other side of a connection; nil when that is gone.
    func peerAddress(_ descriptor: Int32) -> SocketAddress? {
        switch self {
        case .epoll, .uring: Socket.peerAddress(descriptor)
        case .simulated(let driver): driver.network.peerAddress(descriptor)
        }
    }

    /// The next connection waiting at a listener; nil when there is none.
    func accept(_ listener: Int32) throws(SystemError) -> Int32? {
        switch self {
        case .epoll(let driver): try driver.accept(listener)
        case .uring(let driver): try driver.accept(listener)
        case .simulated(let driver): try driver.network.accept(listener)
        }
    }

    /// Starts a connection; `sendable` comes when it is made or has failed.
    func connect(_ address: SocketAddress) throws(SystemError) -> Int32 {
        switch self {
        case .epoll(let driver): try driver.connect(address)
        case .uring: try Socket.connect(address)
        case .simulated(let driver): try driver.network.connect(address)
        }
    }

    /// 0 when a started connection is made, else the errno value why not.
    func connectFault(_ descriptor: Int32) -> Int32 {
        switch self {
        case .epoll(let driver): driver.connectFault(descriptor)
        case .uring(let driver): driver.connectFault(descriptor)
        case .simulated(let driver): driver.connectFault(descriptor)
        }
    }

    /// From now on events of `descriptor` are reported with `token`.
    func register(_ descriptor: Int32, _ token: Token) throws(SystemError) {
        switch self {
        case .epoll(let driver): try driver.register(descriptor, token)
        case .uring(let driver): driver.register(descriptor, token)
        case .simulated(let driver): driver.register(descriptor, token)
        }
    }

    /// Puts bytes that have arrived into `range` of the scratch.
    func receive(_ descriptor: Int32, into scratch: Scratch, _ range: Range<Int>) -> Received {
        switch self {
        case .epoll(let driver): driver.receive(descriptor, into: scratch, range)
        case .uring(let driver): driver.receive(descriptor, into: scratch, range)
        case .simulated(let driver): driver.receive(descriptor, into: scratch, range)
        }
    }

    /// Queues bytes for the peer. The span is not kept.
    func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Sent {
        switch self {
        case .epoll(let driver): driver.send(descriptor, bytes)
        case .uring(let driver): driver.send(descriptor, bytes)
        case .simulated(let driver): driver.send(descriptor, bytes)
        }
    }

    /// Tells the peer that nothing more will come, and keeps receiving.
    func finishSending(_ descriptor: Int32) {
        switch self {
        case .epoll(let driver): driver.finishSending(descriptor)
        case .uring(let driver): driver.finishSending(descriptor)
        case .simulated(let driver): driver.finishSending(descriptor)
        }
    }

    /// Ends the connection; with `abort` the peer sees a reset. The descriptor number may come back at once.
    func close(_ descriptor: Int32, abort: Bool = false) {
        switch self {
        case .epoll(let driver): driver.close(descriptor, abort: abort)
        case .uring(let driver): driver.close(descriptor, abort: abort)
        case .simulated(let driver): driver.network.close(descriptor, abort: abort)
        }
    }

    /// Looks up a host name where the driver itself knows the names; false: ask a `Resolver`.
    func resolve(host: String, port: UInt16, answerTo mailbox: Mailbox) -> Bool {
        switch self {
        case .epoll, .uring: return false
        case .simulated(let driver):
            driver.network.resolve(host: host, port: port, answerTo: mailbox)
            return true
        }
    }

    /// Everything queued on closed connections has left.
    var isSettled: Bool {
        switch self {
        case .epoll, .simulated: true
        case .uring(let driver): driver.isSettled
        }
    }

    /// Reports mail with `Token.wake`.
    func watch(_ mailbox: Mailbox) throws(SystemError) {
        switch self {
        case .epoll(let driver): try driver.register(mailbox.descriptor, .wake)
        case .uring(let driver): driver.watch(mailbox)
        case .simulated(let driver): driver.watch(mailbox)
        }
    }
}
