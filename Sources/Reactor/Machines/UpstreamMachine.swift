// The life of a connection to an endpoint, as a pure state: made, used for one answer after the other, closed.

struct UpstreamMachine {
    enum State: Equatable {
        case resolving, connecting, handshaking
        /// Leased: the answer's head is awaited, then its body.
        case awaitingHead, readingBody
        case idle, closed
    }

    private(set) var state = State.resolving
    /// A connection has stood, with TLS where that is spoken.
    private(set) var hasOpened = false
    /// Answers received whole on this connection so far.
    private(set) var answerCount = 0

    /// Bytes can go out as soon as they are queued.
    var isOpen: Bool { state == .awaitingHead || state == .readingBody || state == .idle }
    var isLeased: Bool { state != .idle && state != .closed }
    var isReused: Bool { answerCount > 0 }

    mutating func resolved() {
        precondition(state == .resolving, "resolved while \(state)")
        state = .connecting
    }

    mutating func connected(handshakes: Bool) {
        precondition(state == .connecting, "connected while \(state)")
        state = handshakes ? .handshaking : .awaitingHead
        hasOpened = !handshakes
    }

    mutating func handshaken() {
        precondition(state == .handshaking, "handshaken while \(state)")
        state = .awaitingHead
        hasOpened = true
    }

    mutating func leased() {
        precondition(state == .idle, "leased while \(state)")
        state = .awaitingHead
    }

    mutating func headArrived() {
        precondition(state == .awaitingHead, "head arrived while \(state)")
        state = .readingBody
    }

    mutating func answerArrived() {
        precondition(state == .readingBody, "answer arrived while \(state)")
        answerCount += 1
        state = .idle
    }

    /// False when it was closed already: a lost race, nothing is left to do.
    mutating func closed() -> Bool {
        defer { state = .closed }
        return state != .closed
    }
}
