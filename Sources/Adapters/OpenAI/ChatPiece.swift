// What a chat completion, or one chunk of it, says.

import Wire

/// The object of a whole answer or of one event, validated and read from front to back; members may come in any order.
/// Only the first choice exists, for only one was asked for. Strings without their quotes, the others as whole values.
///
/// - Source: the OpenAI API, with what vLLM, DeepSeek, OpenRouter and Mistral add to it.
struct ChatPiece {
    private(set) var id = ByteRange.none
    private(set) var model = ByteRange.none
    /// An object.
    private(set) var usage = ByteRange.none
    private(set) var hasChoice = false
    private(set) var hasError = false

    private(set) var content = ByteRange.none
    /// An array in the place of the text.
    private(set) var contentParts = ByteRange.none
    private(set) var refusal = ByteRange.none
    private(set) var reasoning = ByteRange.none
    /// An array of blocks as the Messages wire has them: how signatures travel in this one.
    private(set) var thinkingBlocks = ByteRange.none
    /// An array.
    private(set) var calls = ByteRange.none
    /// With its quotes.
    private(set) var finish = ByteRange.none
    /// The stop sequence that ended the answer, where vLLM says so.
    private(set) var stop = ByteRange.none

    /// - Throws: `JSONFault` when it is not one JSON object, with the position in `bytes`.
    init(_ bytes: Span<UInt8>) throws(JSONFault) {
        var reader = try JSONReader(answer: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .array where JSONScan.isName(of: member, "choices", in: bytes):
                try takeChoices(&reader, bytes)
            case .string where JSONScan.isName(of: member, "id", in: bytes):
                id = try reader.inside(in: bytes)
            case .string where JSONScan.isName(of: member, "model", in: bytes):
                model = try reader.inside(in: bytes)
            case .object where JSONScan.isName(of: member, "usage", in: bytes):
                usage = try reader.skip(in: bytes)
            case .object, .array, .string, .number, .bool:
                if JSONScan.isName(of: member, "error", in: bytes) { hasError = true }
                try reader.skip(in: bytes)
            case .null:
                try reader.skip(in: bytes)
            }
        }
        try reader.finish(in: bytes)
    }

    /// Whether it brings text of any kind.
    var hasText: Bool {
        !content.isEmpty || !reasoning.isEmpty || !refusal.isEmpty || contentParts.count > 2 || thinkingBlocks.count > 2
    }

    private mutating func takeChoices(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while try reader.nextElement(in: bytes) {
            guard reader.nextKind(in: bytes) == .object, !hasChoice else {
                try reader.skip(in: bytes)
                continue
            }
            let before = self
            var isFirst = true
            hasChoice = true
            try reader.enter(in: bytes)
            while let member = try reader.nextMember(in: bytes) {
                switch member.kind {
                case .object where JSONScan.isName(of: member, "delta", in: bytes),
                    .object where JSONScan.isName(of: member, "message", in: bytes):
                    try takeMessage(&reader, bytes)
                case .string where JSONScan.isName(of: member, "finish_reason", in: bytes):
                    finish = try reader.skip(in: bytes)
                case .string where JSONScan.isName(of: member, "stop_reason", in: bytes):
                    stop = try reader.inside(in: bytes)
                case .number where JSONScan.isName(of: member, "index", in: bytes):
                    isFirst = JSONScan.int(bytes, try reader.skip(in: bytes)) == 0
                case .object, .array, .string, .number, .bool, .null:
                    try reader.skip(in: bytes)
                }
            }
            if !isFirst { self = before }
        }
    }

    private mutating func takeMessage(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "content", in: bytes):
                content = try reader.inside(in: bytes)
            case .string where JSONScan.isName(of: member, "reasoning_content", in: bytes):
                reasoning = try reader.inside(in: bytes)
            case .string where JSONScan.isName(of: member, "reasoning", in: bytes):
                // Some send the same under both names.
                let inside = try reader.inside(in: bytes)
                if reasoning.isEmpty { reasoning = inside }
            case .string where JSONScan.isName(of: member, "refusal", in: bytes):
                refusal = try reader.inside(in: bytes)
            case .array where JSONScan.isName(of: member, "tool_calls", in: bytes):
                calls = try reader.skip(in: bytes)
            case .array where JSONScan.isName(of: member, "thinking_blocks", in: bytes):
                thinkingBlocks = try reader.skip(in: bytes)
            case .array where JSONScan.isName(of: member, "content", in: bytes):
                contentParts = try reader.skip(in: bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
    }

    // MARK: Telling

    /// Tells all that is text, in the order in which a model says it.
    func tellText<Sink: AnswerSink & ~Copyable>(
        _ bytes: Span<UInt8>, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) {
        // Those who send blocks with text in them send the same text as reasoning once more.
        let blocksSpeak = try tellBlocks(bytes, &sink, onlyLooking: true, into: &out)
        if !reasoning.isEmpty, !blocksSpeak { sink.reasoning(bytes.extracting(reasoning), into: &out) }
        try tellBlocks(bytes, &sink, onlyLooking: false, into: &out)
        if !content.isEmpty { sink.text(bytes.extracting(content), into: &out) }
        if !contentParts.isEmpty { try tellParts(contentParts, bytes, &sink, isReasoning: false, into: &out) }
        if !refusal.isEmpty { sink.refusal(bytes.extracting(refusal), into: &out) }
    }

    /// - Returns: whether some block has text.
    @discardableResult
    private func tellBlocks<Sink: AnswerSink & ~Copyable>(
        _ bytes: Span<UInt8>, _ sink: inout Sink, onlyLooking: Bool, into out: inout ByteBuffer
    ) throws(JSONFault) -> Bool {
        if thinkingBlocks.isEmpty { return false }
        var speaks = false
        var reader = JSONReader(at: Int(thinkingBlocks.start))
        try reader.enter(in: bytes)
        while try reader.nextElement(in: bytes) {
            guard reader.nextKind(in: bytes) == .object else {
                try reader.skip(in: bytes)
                continue
            }
            let block = try MessagesBlock(&reader, bytes)
            if !block.thinking.isEmpty { speaks = true }
            if onlyLooking { continue }
            if block.kind == .redactedThinking { sink.redactedReasoning(bytes.extracting(block.data), into: &out) }
            if !block.thinking.isEmpty { sink.reasoning(bytes.extracting(block.thinking), into: &out) }
            if !block.signature.isEmpty { sink.signature(bytes.extracting(block.signature), into: &out) }
        }
        return speaks
    }

    /// Tells the parts of an array: `{"type":"text","text":…}`, and Mistral's `{"type":"thinking","thinking":[…]}`.
    private func tellParts<Sink: AnswerSink & ~Copyable>(
        _ parts: ByteRange, _ bytes: Span<UInt8>, _ sink: inout Sink, isReasoning: Bool, into out: inout ByteBuffer
    ) throws(JSONFault) {
        var reader = JSONReader(at: Int(parts.start))
        try reader.enter(in: bytes)
        while try reader.nextElement(in: bytes) {
            guard reader.nextKind(in: bytes) == .object else {
                try reader.skip(in: bytes)
                continue
            }
            try reader.enter(in: bytes)
            while let member = try reader.nextMember(in: bytes) {
                let value = try reader.skip(in: bytes)
                if member.kind == .string, value.count > 2, JSONScan.isName(of: member, "text", in: bytes) {
                    let inside = bytes.extracting(ByteRange(Int(value.start) &+ 1, Int(value.end) &- 1))
                    if isReasoning { sink.reasoning(inside, into: &out) } else { sink.text(inside, into: &out) }
                } else if member.kind == .array, !isReasoning, JSONScan.isName(of: member, "thinking", in: bytes) {
                    try tellParts(value, bytes, &sink, isReasoning: true, into: &out)
                }
            }
        }
    }
}
