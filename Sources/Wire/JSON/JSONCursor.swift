// Walks the members of an object or the elements of an array, one level, in order.

/// Keeps an offset only; the text is shown to it at each step and must be the same one.
public struct JSONCursor: Sendable {
    private var index: Int
    private let isObject: Bool
    private let end: Int
    private var isFirst = true

    /// - Parameter container: the range of an object or array in a valid text.
    public init(of container: ByteRange, in bytes: Span<UInt8>) {
        // A whole text may begin with blanks.
        index = JSONScan.blanksEnd(bytes, Int(container.start))
        end = Int(container.end)
        isObject = ByteScan.byte(bytes, index) == ASCII.openBrace
        if !isObject, ByteScan.byte(bytes, index) != ASCII.openBracket { index = end }
    }

    /// The next member or element; `nil` behind the last one. On a text that is not valid it ends at the fault.
    public mutating func next(in bytes: Span<UInt8>) -> JSONMember? {
        guard index < end, end <= bytes.count else { return nil }
        do throws(JSONFault) {
            let member = try step(bytes)
            if member == nil { index = end }
            return member
        } catch {
            index = end
            return nil
        }
    }

    private mutating func step(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONMember? {
        var start = JSONScan.blanksEnd(bytes, isFirst ? index &+ 1 : index)
        let byte = ByteScan.byte(bytes, start)
        if isFirst {
            isFirst = false
            if byte == (isObject ? ASCII.closeBrace : ASCII.closeBracket) { return nil }
        } else {
            guard byte == ASCII.comma else { return nil }
            start = JSONScan.blanksEnd(bytes, start &+ 1)
        }
        var name = ByteRange.none
        var isEscaped = false
        if isObject {
            let nameEnd: Int
            (name, nameEnd, isEscaped) = try JSONScan.name(bytes, start)
            start = try JSONScan.checked(JSONScan.behindColon(bytes, nameEnd))
        }
        index = try JSONScan.checked(JSONScan.value(bytes, start, depthMax: Limits.jsonDepthMax))
        return JSONMember(
            name: name, value: ByteRange(start, index), kind: JSONKind(firstByte: ByteScan.byte(bytes, start)),
            isNameEscaped: isEscaped)
    }
}
