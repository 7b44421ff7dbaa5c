// The two deadlines of a client connection: the reactor's own and the service's.

extension ClientConnection {
    /// Calls `Service.clientWoke` at that time, in nanoseconds on the loop's clock; replaces an earlier one.
    package func wake(at due: UInt64) { loop.deadlines.arm(&alarm, of: token, which: Timer.wake, due: due) }
    package func cancelWake() { alarm.disarm() }

    /// Ends what the connection is about unless it comes about by then.
    func armTimeout(milliseconds: Int) {
        let due = loop.now &+ UInt64(milliseconds) &* 1_000_000
        loop.deadlines.arm(&timeout, of: token, which: Timer.own, due: due)
    }
}
