// A scripted party of a simulation: a client, or what a scripted server has accepted. Tests act for it.

internal import Glibc
package import Wire

package final class SimulatedPeer {
    private let network: SimulatedNetwork
    private let end: SimulatedEnd
    private let outbox = Block(capacity: 256)
    private var finishes = false
    private var wasConnected = false

    /// Everything received so far and not taken.
    package var inbox = ByteBuffer()
    /// Bytes received since the connection began.
    package private(set) var receivedBytes = 0
    package var isConnected: Bool { end.isConnected }
    /// The other side has finished sending.
    package private(set) var hasEnd = false
    /// The errno value with which the connection broke or was refused; 0 while it stands.
    package private(set) var fault: Int32 = 0
    package private(set) var isClosed = false
    /// Bytes given to `send` that the network has not taken.
    package var unsentBytes: Int { outbox.bytes.count }

    /// Called when bytes, the end or a fault have come, and when the connection is made.
    package var onChange: ((SimulatedPeer) -> Void)?

    /// While false, what arrives stays in the network, and before long its sender has to wait.
    package var isReading = true {
        didSet { if takeArrived() { onChange?(self) } }
    }

    init(_ network: SimulatedNetwork, _ end: SimulatedEnd) {
        self.network = network
        self.end = end
        end.holder = .peer(self)
    }

    /// Sends all of `bytes`, as fast as the other side takes them.
    package func send(_ bytes: Span<UInt8>) {
        outbox.bytes.append(bytes)
        push()
    }

    package func send(_ bytes: [UInt8]) { send(bytes.span) }
    package func send(_ text: String) { send(Array(text.utf8)) }

    /// Ends the sending direction once everything is sent.
    package func finish() {
        finishes = true
        push()
    }

    /// Closes both directions. What has not been read makes it a reset, as with TCP.
    package func close(abort: Bool = false) {
        guard !isClosed else { return }
        isClosed = true
        network.close(end, abort: abort)
    }

    func happened() {
        if isClosed { return }
        let isNews = end.isConnected != wasConnected || end.fault != fault
        (wasConnected, fault) = (end.isConnected, end.fault)
        let hasTaken = takeArrived()
        push()
        if isNews || hasTaken { onChange?(self) }
    }

    /// Takes what has arrived; false when that is nothing new.
    private func takeArrived() -> Bool {
        if isClosed || !isReading { return false }
        let end = end
        let count = end.arrived.count
        if count > 0 {
            receivedBytes += count
            inbox.append(end.arrived.bytes)
            end.arrived.removeAll()
            network.roomMade(by: end)
        }
        let isNews = count > 0 || end.hasEnd && !hasEnd
        hasEnd = end.hasEnd
        return isNews
    }

    private func push() {
        guard end.isConnected, !isClosed, end.fault == 0 else { return }
        let outbox = outbox
        while !outbox.bytes.isEmpty {
            let count = network.transmit(outbox.bytes.bytes, from: end)
            if count == 0 { return }
            outbox.bytes.consume(count)
        }
        if finishes { network.finish(end) }
    }
}
