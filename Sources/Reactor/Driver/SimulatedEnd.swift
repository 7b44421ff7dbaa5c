// One end of a simulated connection: what has arrived at it, and what is still under way to it.

internal import Wire

final class SimulatedEnd {
    /// Who acts at this end.
    enum Holder {
        /// It waits in a listener's queue.
        case nobody
        /// A descriptor of a core.
        case socket(Int32)
        case peer(SimulatedPeer)
    }

    var holder = Holder.nobody
    /// The other end; nil as soon as that one is closed and its last words have been sent.
    var other: SimulatedEnd?
    let local: SocketAddress
    let remote: SocketAddress
    /// Bytes that can be received now.
    var arrived = ByteBuffer()
    /// Bytes sent by the other end that have not arrived.
    var bytesUnderWay = 0
    /// Bytes sent from this end to nobody.
    var bytesLost = 0
    /// When the last thing sent to this end arrives: nothing overtakes it.
    var lastArrival: UInt64 = 0
    var isConnected = false
    /// The other end has finished sending, and everything before that has arrived.
    var hasEnd = false
    /// The errno value with which the connection broke; 0 while it stands.
    var fault: Int32 = 0
    var hasFinishedSending = false
    var isClosed = false
    /// A send was cut short: whoever acts here wants to know when more is accepted.
    var wantsRoom = false

    init(local: SocketAddress, remote: SocketAddress) {
        self.local = local
        self.remote = remote
    }

    func add(_ segment: borrowing Block) { arrived.append(segment.bytes.bytes) }

    func take(_ count: Int, into scratch: Scratch, at offset: Int) {
        scratch.store(arrived.bytes.extracting(0..<count), at: offset)
        arrived.consume(count)
    }
}
