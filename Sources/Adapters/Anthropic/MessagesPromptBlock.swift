// One block of a Messages request.

import Wire

/// Where the members of a content block are, whichever its type, found in one walk.
struct MessagesPromptBlock: PromptMembers {
    /// Whole values.
    private(set) var (type, source, content) = (ByteRange.none, ByteRange.none, ByteRange.none)
    private(set) var (input, cache) = (ByteRange.none, ByteRange.none)
    /// Insides of strings.
    private(set) var (text, thinking, signature) = (ByteRange.none, ByteRange.none, ByteRange.none)
    private(set) var (data, title) = (ByteRange.none, ByteRange.none)
    private(set) var (id, name, callID) = (ByteRange.none, ByteRange.none, ByteRange.none)
    private(set) var isError = false
    let value: ByteRange
    var hasOthers = false

    /// - Parameter value: an object in valid JSON.
    init(_ value: ByteRange, in body: Span<UInt8>) {
        self.value = value
        takeAll(body)
    }

    mutating func take(_ member: JSONMember, _ body: Span<UInt8>) -> Bool {
        @inline(__always)
        func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
        if named("type") {
            type = member.value
        } else if named("text") {
            text = PromptJSON.raw(member, in: body)
        } else if named("cache_control") {
            if member.kind == .object { cache = member.value }
        } else if named("source") {
            source = member.value
        } else if named("content") {
            content = member.value
        } else if named("input") {
            input = member.value
        } else if named("id") {
            id = PromptJSON.raw(member, in: body)
        } else if named("name") {
            name = PromptJSON.raw(member, in: body)
        } else if named("tool_use_id") {
            callID = PromptJSON.raw(member, in: body)
        } else if named("is_error") {
            isError = PromptJSON.isTrue(member, in: body)
        } else if named("thinking") {
            thinking = PromptJSON.raw(member, in: body)
        } else if named("signature") {
            signature = PromptJSON.raw(member, in: body)
        } else if named("data") {
            data = PromptJSON.raw(member, in: body)
        } else if named("title") {
            title = PromptJSON.raw(member, in: body)
        } else if named("caller") {
            // Who called, where that is no other than the model.
            let type = JSONScan.find("type", in: body, from: member.value)
            return type.map { JSONScan.equals(body, $0.value, "direct") } ?? false
        } else {
            return false
        }
        return true
    }
}
