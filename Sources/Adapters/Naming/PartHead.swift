// The head of a form's part.

internal import Wire

/// - Source: RFC 7578 section 4.2.
enum PartHead {
    /// The part names the model.
    case model
    case other
    /// Readers may take it for this or for that.
    case odd

    /// - Parameter head: its lines, without the end of the last.
    init(_ head: Span<UInt8>) { self = PartHead.read(head) }

    private static func read(_ head: Span<UInt8>) -> PartHead {
        var found: PartHead?
        var start = 0
        while start <= head.count {
            let end = ByteScan.lineStop(head, from: start)
            if end < head.count, head[end] != ASCII.cr || end + 1 == head.count || head[end + 1] != ASCII.lf {
                return .odd
            }
            let line = head.extracting(start..<end)
            var colon = 0
            while colon < line.count, ASCII.isToken(line[colon]) { colon += 1 }
            guard colon > 0, colon < line.count, line[colon] == ASCII.colon else { return .odd }
            if ASCII.equalsIgnoringCase(line, 0..<colon, "content-disposition") {
                if found != nil { return .odd }
                found = read(disposition: line.extracting(colon + 1..<line.count))
            }
            start = end + 2
        }
        return found ?? .odd
    }

    private static func read(disposition text: Span<UInt8>) -> PartHead {
        var start = 0
        while start < text.count, ASCII.isBlank(text[start]) { start += 1 }
        var end = start
        while end < text.count, ASCII.isToken(text[end]) { end += 1 }
        var (name, isFile) = (ByteRange?.none, false)
        var parameters = FieldParameters(from: end)
        while let parameter = parameters.next(in: text) {
            if parameter.isNamed("filename", in: text) { isFile = true }
            guard parameter.isNamed("name", in: text) else { continue }
            if name != nil || parameter.isExtended { return .odd }
            name = parameter.value
        }
        guard !parameters.isOdd, ASCII.equalsIgnoringCase(text, start..<end, "form-data"), let name else {
            return .odd
        }
        if !ASCII.equalsIgnoringCase(text, name.range, "model") { return .other }
        // Some readers know no case, and some no file of that name.
        return !isFile && ByteScan.equals(text, name.range, "model") ? .model : .odd
    }
}
