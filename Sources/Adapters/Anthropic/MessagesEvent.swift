// What one event of a Messages stream says.

import Wire

/// One event's data, validated and read from front to back; members may come in any order.
///
/// - Source: the event types of the Anthropic SDK, `types/raw_*_event.py`.
struct MessagesEvent {
    enum Kind: Equatable, Sendable {
        case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, error
        /// `ping`, and what is yet to come.
        case other
    }

    private(set) var kind = Kind.other
    /// Of the block; -1 when it is not said.
    private(set) var index = -1
    /// What begins, or what is added to it. The stop reason is one of its members.
    private(set) var block = MessagesBlock()
    /// Of the message, without quotes.
    private(set) var id = ByteRange.none
    private(set) var model = ByteRange.none
    /// An object.
    private(set) var usage = ByteRange.none

    /// - Throws: `JSONFault` when it is not one JSON object, with the position in `bytes`.
    init(_ bytes: Span<UInt8>) throws(JSONFault) {
        var hasError = false
        var reader = try JSONReader(answer: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "type", in: bytes):
                kind = Kind(bytes, try reader.skip(in: bytes))
            case .number where JSONScan.isName(of: member, "index", in: bytes):
                index = Int(JSONScan.int(bytes, try reader.skip(in: bytes)) ?? -1)
            case .object where JSONScan.isName(of: member, "delta", in: bytes),
                .object where JSONScan.isName(of: member, "content_block", in: bytes):
                block = try MessagesBlock(&reader, bytes)
            case .object where JSONScan.isName(of: member, "usage", in: bytes):
                usage = try reader.skip(in: bytes)
            case .object where JSONScan.isName(of: member, "message", in: bytes):
                try takeMessage(&reader, bytes)
            case .object, .array, .string, .number, .bool:
                if JSONScan.isName(of: member, "error", in: bytes) { hasError = true }
                try reader.skip(in: bytes)
            case .null:
                try reader.skip(in: bytes)
            }
        }
        try reader.finish(in: bytes)
        if hasError { kind = .error }
    }

    private mutating func takeMessage(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "id", in: bytes):
                id = try reader.inside(in: bytes)
            case .string where JSONScan.isName(of: member, "model", in: bytes):
                model = try reader.inside(in: bytes)
            case .object where JSONScan.isName(of: member, "usage", in: bytes):
                usage = try reader.skip(in: bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
    }
}

extension MessagesEvent.Kind {
    /// - Parameter value: a JSON string, quotes included.
    init(_ bytes: Span<UInt8>, _ value: ByteRange) {
        // The most frequent one first.
        if JSONScan.equals(bytes, value, "content_block_delta") {
            self = .blockDelta
        } else if JSONScan.equals(bytes, value, "content_block_start") {
            self = .blockStart
        } else if JSONScan.equals(bytes, value, "content_block_stop") {
            self = .blockStop
        } else if JSONScan.equals(bytes, value, "message_start") {
            self = .messageStart
        } else if JSONScan.equals(bytes, value, "message_delta") {
            self = .messageDelta
        } else if JSONScan.equals(bytes, value, "message_stop") {
            self = .messageStop
        } else if JSONScan.equals(bytes, value, "error") {
            self = .error
        } else {
            self = .other
        }
    }
}
