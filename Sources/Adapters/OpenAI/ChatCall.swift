// One element of `tool_calls`.

import Wire

/// A call of a whole answer, or what a delta says of one. Strings without their quotes.
struct ChatCall {
    /// -1: not said.
    private(set) var index = -1
    private(set) var id = ByteRange.none
    private(set) var name = ByteRange.none
    private(set) var arguments = ByteRange.none
    /// An object in the place of the text of one, as some local servers send it.
    private(set) var argumentsObject = ByteRange.none

    /// Reads the object that comes next.
    init(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .object where JSONScan.isName(of: member, "function", in: bytes):
                try takeFunction(&reader, bytes)
            case .string where JSONScan.isName(of: member, "id", in: bytes):
                id = try reader.inside(in: bytes)
            case .number where JSONScan.isName(of: member, "index", in: bytes):
                index = Int(JSONScan.int(bytes, try reader.skip(in: bytes)) ?? -1)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
    }

    private mutating func takeFunction(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "arguments", in: bytes):
                arguments = try reader.inside(in: bytes)
            case .string where JSONScan.isName(of: member, "name", in: bytes):
                name = try reader.inside(in: bytes)
            case .object where JSONScan.isName(of: member, "arguments", in: bytes):
                argumentsObject = try reader.skip(in: bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
    }

    /// Whether it brings arguments.
    var hasArguments: Bool { !arguments.isEmpty || !argumentsObject.isEmpty }

    /// Whether what it brings of the arguments begins as an object does.
    func opensObject(_ bytes: Span<UInt8>) -> Bool {
        if !argumentsObject.isEmpty { return true }
        for index in arguments.range where !ChatCall.isBlank(bytes[index]) { return bytes[index] == ASCII.openBrace }
        return false
    }

    /// Whether what it brings of the arguments ends as an object does.
    func closesObject(_ bytes: Span<UInt8>) -> Bool {
        if !argumentsObject.isEmpty { return true }
        for index in arguments.range.reversed() where !ChatCall.isBlank(bytes[index]) {
            return bytes[index] == ASCII.closeBrace
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == ASCII.space }

    func tellArguments<Sink: AnswerSink & ~Copyable>(
        _ bytes: Span<UInt8>, _ sink: inout Sink, into out: inout ByteBuffer
    ) {
        if argumentsObject.isEmpty { return sink.callArguments(bytes.extracting(arguments), into: &out) }
        var escaped = ByteBuffer()
        JSONWriter.escape(bytes.extracting(argumentsObject), into: &escaped)
        sink.callArguments(escaped.bytes, into: &out)
    }
}
