// Reasoning that no provider of the Messages wire has signed.

package import Wire

/// The wire demands a signature of every thinking block. Ours begin with `th1.`, so that they are known when they come back.
package enum Unsigned {
    static var signature: StaticString { "th1.none" }

    /// Whether a value is a string that begins like a signature of ours.
    static func isOurs(_ value: ByteRange, in body: Span<UInt8>) -> Bool {
        let start = Int(value.start)
        return value.count >= 6 && body[start] == ASCII.quote
            && ByteScan.equals(body, start + 1..<start + 5, "th1.")
    }

    /// Appends a Messages request without the blocks that we signed, and without turns that have nothing else in them: the
    /// provider would refuse them. All other bytes stay as they are.
    /// - Parameter body: a valid request; one without messages is copied.
    package static func remove(from body: Span<UInt8>, into out: inout ByteBuffer) {
        var copied = 0
        if let messages = JSONScan.find("messages", in: body, from: ByteRange(0, body.count)), messages.kind == .array {
            removeElements(of: messages.value, ofBlocks: false, in: body, &copied, into: &out)
        }
        out.append(body.extracting(copied..<body.count))
    }

    /// Appends an array up to its last element that goes, each with a comma beside it.
    /// - Parameter copied: how much of the body is in `out`, or does not go there.
    private static func removeElements(
        of array: ByteRange, ofBlocks: Bool, in body: Span<UInt8>, _ copied: inout Int, into out: inout ByteBuffer
    ) {
        var cursor = JSONCursor(of: array, in: body)
        var (hasKept, hasRemoved) = (false, false)
        var end = Int(array.start) + 1
        while let element = cursor.next(in: body) {
            let blocks = ofBlocks ? nil : blocks(element, in: body)
            let isRemoved =
                ofBlocks ? isBlockOfOurs(element, in: body) : blocks.map { holdsOnlyOurs($0, in: body) } ?? false
            if isRemoved {
                // What is in front of the first element stays, else the comma in front goes with it.
                if !hasKept, !hasRemoved { end = Int(element.value.start) }
                if copied < end { out.append(body.extracting(copied..<end)) }
                copied = Int(element.value.end)
                hasRemoved = true
            } else {
                if !hasKept, hasRemoved { copied = Int(element.value.start) }
                hasKept = true
                if let blocks { removeElements(of: blocks, ofBlocks: true, in: body, &copied, into: &out) }
            }
            end = Int(element.value.end)
        }
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
}
