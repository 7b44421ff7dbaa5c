// Why an answer ended, as the Messages wire spells it.

import Wire

extension FinishReason {
    /// - Parameter value: the JSON string of a `stop_reason`, quotes included.
    init(stopReason value: ByteRange, in bytes: Span<UInt8>) {
        if JSONScan.equals(bytes, value, "end_turn") || JSONScan.equals(bytes, value, "stop_sequence") {
            self = .stop
        } else if JSONScan.equals(bytes, value, "tool_use") {
            self = .toolCalls
        } else if JSONScan.equals(bytes, value, "max_tokens")
            || JSONScan.equals(bytes, value, "model_context_window_exceeded")
        {
            self = .length
        } else if JSONScan.equals(bytes, value, "refusal") {
            self = .contentFilter
        } else {
            self = .other
        }
    }

    /// Appends the two members that say why an answer ended.
    /// - Parameter stop: the stop sequence of the request that ended it; empty for none.
    func writeStop(_ stop: Span<UInt8>, into out: inout ByteBuffer) {
        let hasStop = self == .stop && !stop.isEmpty
        out.append("\"stop_reason\":\"")
        out.append(stopReason(hasStop: hasStop))
        out.append("\",\"stop_sequence\":")
        if hasStop { out.append(quoting: stop) } else { out.append("null") }
    }

    private func stopReason(hasStop: Bool) -> StaticString {
        switch self {
        case .stop where hasStop: "stop_sequence"
        case .none, .stop, .other: "end_turn"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .contentFilter: "refusal"
        }
    }
}
