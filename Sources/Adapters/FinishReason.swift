// Why an answer ended.

import Wire

/// `finish_reason` of the OpenAI wire.
package enum FinishReason: UInt8, Equatable, Sendable {
    /// None was given.
    case none
    case stop, length, toolCalls, contentFilter
    /// One that this gateway does not know.
    case other

    /// - Parameter value: a JSON string, quotes included.
    init(_ bytes: Span<UInt8>, _ value: ByteRange) {
        if JSONScan.equals(bytes, value, "stop") {
            self = .stop
        } else if JSONScan.equals(bytes, value, "length") {
            self = .length
        } else if JSONScan.equals(bytes, value, "tool_calls") || JSONScan.equals(bytes, value, "function_call") {
            self = .toolCalls
        } else if JSONScan.equals(bytes, value, "content_filter") {
            self = .contentFilter
        } else {
            self = .other
        }
    }

    /// Short name for logs.
    package var label: StaticString {
        switch self {
        case .none: "none"
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .other: "other"
        }
    }
}
