// One block of a Messages answer, or a piece of one.

import Wire

/// A content block, whole or begun, or the delta of one: they share their members. Strings without their quotes.
struct MessagesBlock {
    enum Kind: Equatable, Sendable {
        case text, thinking, redactedThinking, toolUse
        /// Server tools and what is yet to come.
        case other
    }

    var kind = Kind.other
    var id = ByteRange.none
    var name = ByteRange.none
    var text = ByteRange.none
    var thinking = ByteRange.none
    var signature = ByteRange.none
    var partialJSON = ByteRange.none
    /// Of redacted thinking.
    var data = ByteRange.none
    /// An object.
    var input = ByteRange.none
    /// Of the whole answer; with its quotes.
    var stopReason = ByteRange.none
    var stopSequence = ByteRange.none

    init() {}

    /// Reads the object that comes next.
    init(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            if member.kind == .string {
                try takeString(member, &reader, bytes)
                continue
            }
            let value = try reader.skip(in: bytes)
            if member.kind == .object, JSONScan.isName(of: member, "input", in: bytes) { input = value }
        }
    }

    private mutating func takeString(
        _ member: JSONMember, _ reader: inout JSONReader, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
        let inside = try reader.inside(in: bytes)
        if JSONScan.isName(of: member, "type", in: bytes) {
            kind = Kind(bytes, ByteRange(Int(inside.start) &- 1, Int(inside.end) &+ 1))
        } else if JSONScan.isName(of: member, "text", in: bytes) {
            text = inside
        } else if JSONScan.isName(of: member, "partial_json", in: bytes) {
            partialJSON = inside
        } else if JSONScan.isName(of: member, "thinking", in: bytes) {
            thinking = inside
        } else if JSONScan.isName(of: member, "signature", in: bytes) {
            signature = inside
        } else if JSONScan.isName(of: member, "id", in: bytes) {
            id = inside
        } else if JSONScan.isName(of: member, "name", in: bytes) {
            name = inside
        } else if JSONScan.isName(of: member, "data", in: bytes) {
            data = inside
        } else if JSONScan.isName(of: member, "stop_reason", in: bytes) {
            stopReason = ByteRange(Int(inside.start) &- 1, Int(inside.end) &+ 1)
        } else if JSONScan.isName(of: member, "stop_sequence", in: bytes) {
            stopSequence = inside
        }
    }
}

extension MessagesBlock.Kind {
    /// - Parameter value: a JSON string, quotes included.
    init(_ bytes: Span<UInt8>, _ value: ByteRange) {
        if JSONScan.equals(bytes, value, "text") {
            self = .text
        } else if JSONScan.equals(bytes, value, "thinking") {
            self = .thinking
        } else if JSONScan.equals(bytes, value, "tool_use") {
            self = .toolUse
        } else if JSONScan.equals(bytes, value, "redacted_thinking") {
            self = .redactedThinking
        } else {
            self = .other
        }
    }
}
