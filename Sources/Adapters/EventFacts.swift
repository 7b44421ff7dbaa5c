// What one event of a stream says.

import Wire

/// One event's data, read from front to back: validated, and what the gateway must know of it.
///
/// - Source: the chat and text completion chunks of the OpenAI API, with what vLLM, llama.cpp, DeepSeek and OpenRouter add. The
///   other wires: `EventFacts+Messages`, `EventFacts+Responses`.
struct EventFacts {
    /// Some choice brings something for the reader: text, reasoning, a refusal, part of a tool call, anything but a role.
    var hasContent = false
    /// Content that no slot holds, such as the mere presence of a tool call: the next event like this one has it as well.
    private(set) var hasFixedContent = false
    /// Bytes of all strings that are content, as written, between their quotes.
    var contentBytes = 0
    /// `choices` is there and has no element: the extra usage event, if it has usage.
    var hasNoChoice = false
    /// Some choice has a finish reason.
    var finishes = false
    var finish = FinishReason.none
    /// `error` is there and not null.
    var hasError = false
    /// The value of `usage`, if it is an object.
    var usage = ByteRange.none
    /// That usage says nothing of the output yet.
    var isUsagePartial = false
    /// The stream is complete with this event.
    var ends = false

    /// Insides of strings that ordinarily differ from event to event, in order.
    private(set) var slots = InlineArray<4, ByteRange>(repeating: .none)
    private(set) var slotCount = 0
    /// A bit per slot that counts as content, the first lowest; the others are padding.
    private(set) var contentSlots: UInt8 = 0
    /// There are more of them than slots.
    var hasMoreSlots = false

    /// Reads the data of one event.
    /// - Throws: `JSONFault` when it is not one JSON object, with the position in `bytes`.
    init(_ bytes: Span<UInt8>, _ operation: Operation) throws(JSONFault) {
        switch operation {
        case .chat, .completions, .embeddings, .countTokens, .media: try readChat(bytes)
        case .messages: try readMessages(bytes)
        case .responses, .compact: try readResponses(bytes)
        }
    }

    private mutating func readChat(_ bytes: Span<UInt8>) throws(JSONFault) {
        var reader = try JSONReader(answer: bytes)
        while let member = try reader.nextMember(in: bytes, wanted: "choices" | "usage" | "error" | "obfuscation") {
            switch member.name.count {
            case 7 where JSONScan.isName(of: member, "choices", in: bytes) && member.kind == .array:
                try takeChoices(&reader, bytes)
            case 5 where JSONScan.isName(of: member, "usage", in: bytes) && member.kind == .object:
                usage = try reader.skip(in: bytes)
            case 5 where JSONScan.isName(of: member, "error", in: bytes) && member.kind != .null:
                try reader.skip(in: bytes)
                hasError = true
            case 11 where JSONScan.isName(of: member, "obfuscation", in: bytes) && member.kind == .string:
                // Random padding that OpenAI adds against guessing content from sizes.
                note(try reader.inside(in: bytes), isContent: false)
            default:
                try reader.skip(in: bytes)
            }
        }
        try reader.finish(in: bytes)
    }

    /// Whether the next event is likely to be this one with other slots: an ordinary chunk in the middle of a stream.
    var isPattern: Bool {
        slotCount > 0 && !hasMoreSlots && !finishes && !hasError && usage.isEmpty
    }

    private mutating func takeChoices(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        hasNoChoice = true
        while try reader.nextElement(in: bytes) {
            hasNoChoice = false
            guard reader.nextKind(in: bytes) == .object else {
                try reader.skip(in: bytes)
                continue
            }
            try reader.enter(in: bytes)
            while let member = try reader.nextMember(in: bytes, wanted: "delta" | "text" | "finish_reason") {
                if member.kind == .object, JSONScan.isName(of: member, "delta", in: bytes) {
                    try takeDelta(&reader, bytes)
                } else if member.kind == .string, JSONScan.isName(of: member, "text", in: bytes) {
                    note(try reader.inside(in: bytes), isContent: true)
                } else if member.kind == .string, JSONScan.isName(of: member, "finish_reason", in: bytes) {
                    finishes = true
                    finish = FinishReason(bytes, try reader.skip(in: bytes))
                } else {
                    try reader.skip(in: bytes)
                }
            }
        }
    }

    private mutating func takeDelta(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "role", in: bytes):
                try reader.skip(in: bytes)
            case .string:
                note(try reader.inside(in: bytes), isContent: true)
            case .array where JSONScan.isName(of: member, "tool_calls", in: bytes):
                try takeCalls(&reader, bytes)
            case .object, .array:
                // `function_call`, audio, annotations and what is yet to come: content unless it is empty.
                let value = try reader.skip(in: bytes)
                if value.count > 2 { noteFixed(value.count) }
            case .null, .bool, .number:
                try reader.skip(in: bytes)
            }
        }
    }

    private mutating func takeCalls(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while try reader.nextElement(in: bytes) {
            (hasContent, hasFixedContent) = (true, true)
            guard reader.nextKind(in: bytes) == .object else {
                try reader.skip(in: bytes)
                continue
            }
            try reader.enter(in: bytes)
            while let member = try reader.nextMember(in: bytes, wanted: "function") {
                guard member.kind == .object, JSONScan.isName(of: member, "function", in: bytes) else {
                    try reader.skip(in: bytes)
                    continue
                }
                try reader.enter(in: bytes)
                while let part = try reader.nextMember(in: bytes, wanted: "arguments") {
                    if part.kind == .string, JSONScan.isName(of: part, "arguments", in: bytes) {
                        note(try reader.inside(in: bytes), isContent: true)
                    } else {
                        try reader.skip(in: bytes)
                    }
                }
            }
        }
    }

    private mutating func noteFixed(_ count: Int) {
        hasContent = true
        contentBytes &+= count
        // Its bytes count as content and have no slot, so the next event cannot be counted by comparison.
        hasMoreSlots = true
    }

    /// - Parameter body: the inside of a string.
    mutating func note(_ body: ByteRange, isContent: Bool) {
        if isContent, !body.isEmpty {
            hasContent = true
            contentBytes &+= body.count
        }
        guard slotCount < Limits.eventSlotCountMax else {
            hasMoreSlots = true
            return
        }
        slots[slotCount] = body
        if isContent { contentSlots |= 1 &<< UInt8(slotCount) }
        slotCount &+= 1
    }
}
