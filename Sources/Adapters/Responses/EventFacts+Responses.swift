// What one event of a Responses stream says to a gateway that hands it on as it is.

import Wire

extension EventFacts {
    /// Each event has a number of its own, so that none is like the one before.
    /// - Source: the event types of the OpenAI SDK, `types/responses/response_*_event.py`.
    mutating func readResponses(_ bytes: Span<UInt8>) throws(JSONFault) {
        var type = ByteRange.none
        var reader = try JSONReader(answer: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "type", in: bytes):
                type = try reader.skip(in: bytes)
            case .string where JSONScan.isName(of: member, "delta", in: bytes):
                contentBytes &+= try reader.inside(in: bytes).count
                hasContent = contentBytes > 0
            case .object where JSONScan.isName(of: member, "response", in: bytes):
                try takeResponse(&reader, bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
        try reader.finish(in: bytes)
        if JSONScan.equals(bytes, type, "response.completed") {
            (ends, finishes, finish) = (true, true, .stop)
        } else if JSONScan.equals(bytes, type, "response.incomplete") {
            (ends, finishes) = (true, true)
            if finish == .none { finish = .other }
        } else if JSONScan.equals(bytes, type, "response.failed") || JSONScan.equals(bytes, type, "error") {
            hasError = true
        }
        if !ends { usage = .none }
    }

    private mutating func takeResponse(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .object where JSONScan.isName(of: member, "usage", in: bytes):
                usage = try reader.skip(in: bytes)
            case .object where JSONScan.isName(of: member, "incomplete_details", in: bytes):
                finish = try FinishReason(incomplete: &reader, bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
    }
}

extension FinishReason {
    /// Reads the `incomplete_details` object that comes next.
    init(incomplete reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        self = .other
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            let value = try reader.skip(in: bytes)
            guard JSONScan.isName(of: member, "reason", in: bytes) else { continue }
            if JSONScan.equals(bytes, value, "max_output_tokens") { self = .length }
            if JSONScan.equals(bytes, value, "content_filter") { self = .contentFilter }
        }
    }
}
