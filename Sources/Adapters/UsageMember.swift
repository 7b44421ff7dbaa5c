// The usage of one object that comes in pieces.

internal import Wire

struct UsageMember: Sendable {
    /// What the object's own `usage` tells.
    private(set) var usage: Usage?
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// What comes next in the outermost object is a name, or its rest.
    private var isName = false
    private var isUsage = false
    /// The first bytes of the name at hand, the first lowest, and how many it has.
    private var name: UInt64 = 0
    private var nameBytes = 0
    /// As much of the usage as has come; nil outside of it.
    private var kept: [UInt8]?
    private var isOver = false

    mutating func feed(_ bytes: Span<UInt8>) {
        var index = 0
        var keptFrom = 0
        while index < bytes.count, !isOver {
            if isInString {
                index = passString(bytes, from: index)
                continue
            }
            let byte = bytes[index]
            index += 1
            switch byte {
            case ASCII.quote: (isInString, name, nameBytes) = (true, 0, 0)
            case ASCII.openBrace, ASCII.openBracket:
                depth += 1
                if depth == 1 { (isName, isOver) = (true, byte == ASCII.openBracket) }
                if depth == 2, isUsage, byte == ASCII.openBrace { (kept, keptFrom) = ([], index - 1) }
            case ASCII.closeBrace, ASCII.closeBracket:
                depth -= 1
                if depth <= 0 { isOver = true }
                if depth == 1, kept != nil {
                    keep(bytes.extracting(keptFrom..<index))
                    read()
                }
            case ASCII.comma where depth == 1: (isName, isUsage) = (true, false)
            case ASCII.colon where depth == 1: isName = false
            default: break
            }
        }
        if kept != nil { keep(bytes.extracting(keptFrom..<bytes.count)) }
    }

    private mutating func passString(_ bytes: Span<UInt8>, from index: Int) -> Int {
        if isEscaped {
            // No name that is looked for has an escape.
            (isEscaped, nameBytes) = (false, nameBytes + 8)
            return index + 1
        }
        let stop = min(ByteScan.stringStop(bytes, from: index), bytes.count)
        if isName, depth == 1 {
            for place in index..<stop {
                if nameBytes < 8 { name |= UInt64(bytes[place]) << UInt64(8 * nameBytes) }
                nameBytes += 1
            }
        }
        if stop == bytes.count { return stop }
        switch bytes[stop] {
        case ASCII.quote:
            isInString = false
            if isName, depth == 1 { isUsage = nameBytes == 5 && name == ByteScan.word("usage") }
        case ASCII.backslash: isEscaped = true
        default: nameBytes += 8
        }
        return stop + 1
    }

    private mutating func keep(_ bytes: Span<UInt8>) {
        guard let count = kept?.count, count + bytes.count <= Limits.usageBytesMax else { return kept = nil }
        for index in bytes.indices { kept?.append(bytes[index]) }
    }

    private mutating func read() {
        guard let text = kept.take(), (try? JSONScan.validate(text.span)) != nil else { return }
        let whole = ByteRange(0, text.count)
        if let told = Usage(either: text.span, whole) {
            usage = told
        } else if let total = JSONScan.find("total_tokens", in: text.span, from: whole), total.kind == .number,
            let count = Usage.count(text.span, total.value)
        {
            // Rankings tell the sum alone: they generate nothing.
            usage = Usage(inputTokens: count, totalTokens: count)
        }
    }
}
