// The two halves of a client connection, as pure states: what is read from the client, and what is written to it.

struct ExchangeMachine {
    enum Reading: Equatable { case head, body, parked, closed }
    enum Writing: Equatable { case idle, answering, closed }
    enum Action: Equatable { case dispatch, readBody, startNext, close }

    private(set) var reading = Reading.head
    private(set) var writing = Writing.idle
    private var persists = true

    /// Bytes may be taken from the client now; otherwise they wait in the kernel.
    var takesBytes: Bool { reading == .head || reading == .body }
    /// The answer will be followed by another on the same connection.
    var willPersist: Bool { persists }
    /// A request has been dispatched and its answer has not been sent whole.
    var isAnswering: Bool { writing == .answering }

    /// A whole request head stands; its body, if any, may not have arrived.
    mutating func headParsed(hasWholeBody: Bool, persists: Bool) -> Action {
        precondition(reading == .head && writing == .idle, "head parsed while \(reading), \(writing)")
        self.persists = self.persists && persists
        if hasWholeBody {
            (reading, writing) = (.parked, .answering)
            return .dispatch
        }
        reading = .body
        return .readBody
    }

    /// The last byte of the request body has arrived.
    mutating func bodyArrived() -> Action {
        precondition(reading == .body && writing == .idle, "body arrived while \(reading), \(writing)")
        (reading, writing) = (.parked, .answering)
        return .dispatch
    }

    /// The body will be handed on as it comes: the answer may begin before its end.
    mutating func bodyStreams() {
        precondition(reading == .body && writing == .idle, "body streams while \(reading), \(writing)")
        writing = .answering
    }

    /// The last byte of a streamed body has arrived.
    mutating func bodyEnded() {
        precondition(reading == .body && writing == .answering, "body ended while \(reading), \(writing)")
        reading = .parked
    }

    /// A streamed body is answered before its end: what follows can no longer be told from a new head.
    mutating func bodyAbandoned() {
        bodyEnded()
        persists = false
    }

    /// The request is answered before it has been read whole: what follows can no longer be told from a new head.
    mutating func refused() {
        precondition(writing == .idle && (reading == .head || reading == .body), "refused while \(reading), \(writing)")
        (reading, writing, persists) = (.parked, .answering, false)
    }

    /// No further request after this one: draining, or an answer that ends with the connection.
    mutating func lastRequest() { persists = false }

    /// The last byte of the answer was accepted by the kernel.
    mutating func answerSent() -> Action {
        precondition(reading == .parked && writing == .answering, "answer sent while \(reading), \(writing)")
        if persists {
            (reading, writing) = (.head, .idle)
            return .startNext
        }
        (reading, writing) = (.closed, .closed)
        return .close
    }

    /// The peer left or fell silent. May race with our own close; `nil` then: nothing is left to do.
    mutating func peerClosed() -> Action? {
        guard reading != .closed else { return nil }
        (reading, writing) = (.closed, .closed)
        return .close
    }
}
