// Reasoning that no provider has signed.

package import Wire

/// Two wires want reasoning that comes back proved by its provider. What we put in the place of a proof begins with `th1.`, so
/// that it is known when it comes back, and is taken out before a provider sees it that would refuse it.
package enum Unsigned {
    /// Of a thinking block, since the Messages wire demands one.
    static var signature: StaticString { "th1.none" }

    /// What a container's elements are, each of which may go.
    private enum Level {
        case request(withoutThinking: Bool)
        case turns, blocks, items
        /// A request that does not think, of which nothing goes but the edits of thoughts.
        case unthinking
        case context, edits
    }

    /// Whether providers of this wire check signatures.
    static func matters(to operation: Operation) -> Bool {
        operation == .messages || operation == .countTokens || operation == .responses
    }

    /// - Parameter signature: the inside of a string.
    static func isOurs(_ signature: Span<UInt8>) -> Bool {
        signature.count >= 4 && ByteScan.equals(signature, 0..<4, "th1.")
    }

    /// Whether a value is a string that begins like a signature of ours.
    static func isOurs(_ value: ByteRange, in body: Span<UInt8>) -> Bool {
        let start = Int(value.start)
        return value.count >= 6 && body[start] == ASCII.quote
            && ByteScan.equals(body, start + 1..<start + 5, "th1.")
    }

    /// Appends a Messages or Responses request without what we signed: blocks, and turns that have nothing else in them, which the
    /// provider would refuse, or items. All other bytes stay as they are.
    ///
    /// Reasoning items go whole, with their text: a provider of that wire looks for the id of one that it cannot decrypt, and has never
    /// heard of ours.
    /// - Parameter body: a valid request; one without messages is copied.
    package static func remove(from body: Span<UInt8>, into out: inout ByteBuffer) {
        var copied = 0
        let level = Level.request(withoutThinking: forbidsThinking(body))
        removeElements(of: ByteRange(0, body.count), level, in: body, &copied, into: &out)
        out.append(body.extracting(copied..<body.count))
    }

    /// Whether the request cannot have thinking with a budget any more once our blocks are gone: the assistant's last turn calls tools,
    /// and such a turn must begin with what was thought before. Then `thinking` goes as well, and the edits of the context that clear
    /// thoughts, for they are refused where nothing is thought.
    /// - Parameter body: a valid request.
    static func forbidsThinking(_ body: Span<UInt8>) -> Bool {
        let whole = ByteRange(0, body.count)
        guard let type = JSONScan.find("thinking.type", in: body, from: whole),
            JSONScan.equals(body, type.value, "enabled"),
            let messages = JSONScan.find("messages", in: body, from: whole), messages.kind == .array
        else { return false }
        var last = ByteRange.none
        var turns = JSONCursor(of: messages.value, in: body)
        while let turn = turns.next(in: body) {
            guard let role = JSONScan.find("role", in: body, from: turn.value),
                JSONScan.equals(body, role.value, "assistant")
            else { continue }
            last = blocks(turn, in: body) ?? .none
        }
        var (first, calls, hasOurs) = (ByteRange.none, false, false)
        var blocks = JSONCursor(of: last, in: body)
        while let block = blocks.next(in: body) {
            if isBlockOfOurs(block, in: body) {
                hasOurs = true
                continue
            }
            let type = JSONScan.find("type", in: body, from: block.value)?.value ?? .none
            if first.isEmpty { first = type }
            if JSONScan.equals(body, type, "tool_use") { calls = true }
        }
        return hasOurs && calls && !JSONScan.equals(body, first, "thinking")
            && !JSONScan.equals(body, first, "redacted_thinking")
    }

    /// Names what goes beside what we signed.
    /// - Parameter body: a valid request.
    package static func noteLost(from body: Span<UInt8>, in dropped: inout Dropped) {
        if forbidsThinking(body) { noteThinking(from: body, in: &dropped) }
    }

    /// Names what goes where a request may not think.
    static func noteThinking(from body: Span<UInt8>, in dropped: inout Dropped) {
        dropped.note("thinking")
        if clearsThoughts(body) { dropped.note("context_management.edits") }
    }

    // MARK: Edits of the context

    /// Whether a request has edits of the context that clear thoughts, such as `clear_thinking_20251015`.
    static func clearsThoughts(_ body: Span<UInt8>) -> Bool {
        let edits = JSONScan.find("context_management.edits", in: body, from: ByteRange(0, body.count))
        return count(edits, in: body).clearing > 0
    }

    /// Appends a request without them.
    static func removeEdits(from body: Span<UInt8>, into out: inout ByteBuffer) {
        var copied = 0
        removeElements(of: ByteRange(0, body.count), .unthinking, in: body, &copied, into: &out)
        out.append(body.extracting(copied..<body.count))
    }

    /// Whether a member of a request is `context_management` with no other edits.
    private static func onlyClearsThoughts(_ member: JSONMember, in body: Span<UInt8>) -> Bool {
        guard JSONScan.isName(of: member, "context_management", in: body) else { return false }
        let (clearing, others) = count(JSONScan.find("edits", in: body, from: member.value), in: body)
        return clearing > 0 && others == 0
    }

    private static func count(_ edits: JSONMember?, in body: Span<UInt8>) -> (clearing: Int, others: Int) {
        var (clearing, others) = (0, 0)
        guard let edits, edits.kind == .array else { return (0, 0) }
        var cursor = JSONCursor(of: edits.value, in: body)
        while let edit = cursor.next(in: body) {
            if isClearing(edit, in: body) { clearing += 1 } else { others += 1 }
        }
        return (clearing, others)
    }

    private static func isClearing(_ edit: JSONMember, in body: Span<UInt8>) -> Bool {
        guard edit.kind == .object, let type = JSONScan.find("type", in: body, from: edit.value) else { return false }
        let (start, name) = (Int(type.value.start), "\"clear_thinking" as StaticString)
        let end = start + name.utf8CodeUnitCount
        return end <= type.value.end && ByteScan.equals(body, start..<end, name)
    }

    // MARK: Elements

    /// Appends a container up to its last element that goes, each with a comma beside it.
    /// - Parameter copied: how much of the body is in `out`, or does not go there.
    private static func removeElements(
        of container: ByteRange, _ level: Level, in body: Span<UInt8>, _ copied: inout Int, into out: inout ByteBuffer
    ) {
        var cursor = JSONCursor(of: container, in: body)
        var (hasKept, hasRemoved) = (false, false)
        var end = Int(container.start) + 1
        while let element = cursor.next(in: body) {
            let start = element.name.start > 0 ? Int(element.name.start) - 1 : Int(element.value.start)
            if goes(element, level, in: body) {
                // What is in front of the first element stays, else the comma in front goes with it.
                if !hasKept, !hasRemoved { end = start }
                if copied < end { out.append(body.extracting(copied..<end)) }
                copied = Int(element.value.end)
                hasRemoved = true
            } else {
                if !hasKept, hasRemoved { copied = start }
                hasKept = true
                if let (inner, below) = inside(element, level, in: body) {
                    removeElements(of: inner, below, in: body, &copied, into: &out)
                }
            }
            end = Int(element.value.end)
        }
    }

    private static func goes(_ element: JSONMember, _ level: Level, in body: Span<UInt8>) -> Bool {
        switch level {
        case .request(let withoutThinking):
            withoutThinking
                && (JSONScan.isName(of: element, "thinking", in: body) || onlyClearsThoughts(element, in: body))
        case .turns: blocks(element, in: body).map { holdsOnlyOurs($0, in: body) } ?? false
        case .blocks: isBlockOfOurs(element, in: body)
        case .items: isItemOfOurs(element, in: body)
        case .unthinking: onlyClearsThoughts(element, in: body)
        case .context: false
        case .edits: isClearing(element, in: body)
        }
    }

    /// The container in an element that stays, where something in it may go.
    private static func inside(
        _ element: JSONMember, _ level: Level, in body: Span<UInt8>
    ) -> (ByteRange, Level)? {
        switch level {
        case .request where element.kind == .array && JSONScan.isName(of: element, "messages", in: body):
            (element.value, .turns)
        case .request where element.kind == .array && JSONScan.isName(of: element, "input", in: body):
            (element.value, .items)
        case .turns: blocks(element, in: body).map { ($0, .blocks) }
        case .request(withoutThinking: true) where isContext(element, in: body): (element.value, .context)
        case .unthinking where isContext(element, in: body): (element.value, .context)
        case .context where element.kind == .array && JSONScan.isName(of: element, "edits", in: body):
            (element.value, .edits)
        case .request, .blocks, .items, .unthinking, .context, .edits: nil
        }
    }

    private static func isContext(_ element: JSONMember, in body: Span<UInt8>) -> Bool {
        element.kind == .object && JSONScan.isName(of: element, "context_management", in: body)
    }

    /// The content of a message, where it is an array.
    private static func blocks(_ message: JSONMember, in body: Span<UInt8>) -> ByteRange? {
        guard message.kind == .object, let content = JSONScan.find("content", in: body, from: message.value),
            content.kind == .array
        else { return nil }
        return content.value
    }

    private static func holdsOnlyOurs(_ blocks: ByteRange, in body: Span<UInt8>) -> Bool {
        var cursor = JSONCursor(of: blocks, in: body)
        var isEmpty = true
        while let block = cursor.next(in: body) {
            if !isBlockOfOurs(block, in: body) { return false }
            isEmpty = false
        }
        return !isEmpty
    }

    private static func isBlockOfOurs(_ block: JSONMember, in body: Span<UInt8>) -> Bool {
        guard block.kind == .object, let signature = JSONScan.find("signature", in: body, from: block.value) else {
            return false
        }
        return isOurs(signature.value, in: body)
    }

    private static func isItemOfOurs(_ item: JSONMember, in body: Span<UInt8>) -> Bool {
        guard item.kind == .object, let proof = JSONScan.find("encrypted_content", in: body, from: item.value) else {
            return false
        }
        return isOurs(proof.value, in: body)
    }
}
