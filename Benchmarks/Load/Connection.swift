/// One connection and the exchange that runs on it.
final class Connection {
    enum State { case closed, connecting, idle, sending, waiting }

    let index: Int
    var transport = Transport()
    var state = State.closed
    /// Tells events of this socket from late ones of its predecessor.
    var generation: UInt32 = 0
    var decoder = AnswerDecoder()
    var events = EventCounter()
    /// The number of the exchange, from 1.
    var number = 0
    /// Request bytes that the kernel has taken.
    var sentBytes = 0
    /// When the exchange counts from: its scheduled time in the open loop, else when it was begun.
    var startedAt: UInt64 = 0
    /// When it was begun; later than `startedAt` where no connection was free at the scheduled time.
    var begunAt: UInt64 = 0
    var lastEventAt: UInt64 = 0
    /// FNV-1a of the decoded body, when asked for.
    var hash: UInt64 = Connection.hashSeed
    /// The stream is dropped after this many events; never when negative.
    var vanishAfter = -1
    /// A parked connection is opened again at this time.
    var reopenAt: UInt64 = 0
    /// Whether an exchange is running here or waiting for the connection to be established.
    var isBusy = false

    static let hashSeed: UInt64 = 0xcbf2_9ce4_8422_2325

    init(index: Int) { self.index = index }

    var tag: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    func beginExchange(_ number: Int, at time: UInt64, now: UInt64, vanishAfter: Int) {
        self.number = number
        decoder.reset()
        events.reset()
        sentBytes = 0
        startedAt = time
        begunAt = now
        lastEventAt = 0
        hash = Connection.hashSeed
        self.vanishAfter = vanishAfter
        isBusy = true
    }

    func addToHash(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        var value = hash
        var at = start
        while at < end {
            value = (value ^ UInt64(bytes[at])) &* 0x100_0000_01b3
            at &+= 1
        }
        hash = value
    }
}
