// Why an answer of the simulated provider ends, in the words of each wire.

import Wire

/// Named by `x-sim-finish` or told by what the answer is.
enum SimFinish: Equatable, Sendable {
    case stop, length, calls, filter
    /// The first stop sequence of the request has been met.
    case sequence
    /// The answer's text is a refusal.
    case refusal

    /// Reads the value of `x-sim-finish`; `nil` for others.
    init?(parsing text: Span<UInt8>) {
        if SimBytes.equal(text, "length") {
            self = .length
        } else if SimBytes.equal(text, "filter") {
            self = .filter
        } else if SimBytes.equal(text, "sequence") {
            self = .sequence
        } else if SimBytes.equal(text, "refusal") {
            self = .refusal
        } else {
            return nil
        }
    }

    /// `finish_reason` of a choice.
    var chatReason: StaticString {
        switch self {
        case .stop, .sequence, .refusal: "stop"
        case .length: "length"
        case .calls: "tool_calls"
        case .filter: "content_filter"
        }
    }

    /// `stop_reason` of a message.
    var messagesReason: StaticString {
        switch self {
        case .stop: "end_turn"
        case .length: "max_tokens"
        case .calls: "tool_use"
        case .filter, .refusal: "refusal"
        case .sequence: "stop_sequence"
        }
    }

    /// `incomplete_details.reason` of a response; `nil` when it is complete.
    var incompleteReason: StaticString? {
        switch self {
        case .stop, .sequence, .refusal, .calls: nil
        case .length: "max_output_tokens"
        case .filter: "content_filter"
        }
    }
}
