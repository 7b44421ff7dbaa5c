// What the io_uring driver knows of one descriptor: what is under way on it, and what waits to be taken or sent.

internal import Wire

final class UringSocket {
    enum Role { case listener, connecting, connected }

    let descriptor: Int32
    let token: Token
    var role: Role
    /// Operations whose last completion has not come (count). Not before it is 0 may the descriptor be closed.
    var underWay = 0
    /// An accept or a receive that brings completion after completion is armed, or being cancelled.
    var isArmed = false
    var isCancelling = false
    /// Stands in the list of sockets to be looked at before the next wait.
    var isListed = false
    var isClosing = false
    var aborts = false

    /// Accepted descriptors that nobody has asked for.
    var accepted: [Int32] = []

    /// Received buffers, first and last of a chain; -1: none.
    var firstBuffer = -1
    var lastBuffer = -1
    /// Bytes taken already of the first buffer.
    var takenBytes = 0
    /// Bytes received before those in the chain, copied out so that one socket cannot keep the ring's buffers.
    var spill: Block?
    /// Bytes received that nobody has asked for.
    var waitingBytes = 0
    var hasEnd = false
    /// The errno value with which the connection broke, or an accept failed; 0 while all is well.
    var fault: Int32 = 0

    /// Bytes on their way to the kernel, which nobody may touch.
    var sending: Block?
    var isSending = false
    /// Bytes that go next.
    var queued: Block?
    /// A send was cut short: an event is owed as soon as there is room.
    var wantsRoom = false
    var finishes = false

    /// Where in the present batch an event of this socket stands.
    var eventBatch: UInt64 = 0
    var eventIndex = 0

    init(_ descriptor: Int32, _ token: Token, _ role: Role) {
        self.descriptor = descriptor
        self.token = token
        self.role = role
    }

    var unsentBytes: Int { (sending?.bytes.count ?? 0) + (queued?.bytes.count ?? 0) }
    /// Nothing stands in the way of receiving or accepting more.
    var wantsMore: Bool {
        !isArmed && !isClosing && !hasEnd && fault == 0 && waitingBytes == 0 && accepted.isEmpty && role != .connecting
    }
}
