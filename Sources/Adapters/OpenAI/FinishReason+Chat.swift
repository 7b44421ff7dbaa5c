// Why an answer ended, as the chat wire spells it to a client of ours.

import Wire

extension FinishReason {
    /// - Parameter value: the JSON string of a `finish_reason`, quotes included.
    /// - Parameter callCount: calls of the answer. Gemini and some parsers of vLLM say `stop` behind a call.
    init(_ bytes: Span<UInt8>, _ value: ByteRange, callCount: Int) {
        self.init(bytes, value)
        if self == .stop, callCount > 0 { self = .toolCalls }
    }

    var finishReason: StaticString {
        switch self {
        case .none, .stop, .other: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        }
    }
}
