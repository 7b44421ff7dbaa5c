// Which model a body names that is passed on as it is.

package import Wire

/// Finds the model's name in the first bytes of a body that is not read otherwise: JSON, or a form in parts.
package enum NamedModel: Equatable {
    /// The name stands at this place.
    case named(ByteRange)
    /// The body names none.
    case absent
    /// The name may stand further behind.
    case beyond
    /// The name stands here in a form that another reader may understand otherwise.
    case unclear

    /// - Parameter front: the body's first bytes.
    /// - Parameter isWhole: they are all there are.
    /// - Parameter contentType: as the client wrote it.
    package static func find(in front: Span<UInt8>, isWhole: Bool, contentType: Span<UInt8>) -> NamedModel {
        guard isForm(contentType) else { return inObject(front, isWhole: isWhole) }
        guard let boundary = boundary(of: contentType) else { return .unclear }
        return inParts(front, contentType.extracting(boundary), isWhole: isWhole)
    }

    /// Whether a body of this type is a form in parts; else it is taken for JSON.
    package static func isForm(_ contentType: Span<UInt8>) -> Bool {
        contentType.count >= 10 && ASCII.equalsIgnoringCase(contentType, 0..<10, "multipart/")
    }

    /// The value of `model` among the members of an object, of which the end may be missing.
    private static func inObject(_ front: Span<UInt8>, isWhole: Bool) -> NamedModel {
        var reader = JSONReader(depthMax: Limits.requestDepthMax)
        guard reader.nextKind(in: front) == .object else { return .absent }
        var found = NamedModel.absent
        do throws(JSONFault) {
            try reader.enter(in: front)
            while let member = try reader.nextMember(in: front) {
                let value = try reader.skip(in: front)
                guard JSONScan.isName(of: member, "model", in: front) else { continue }
                let inside = ByteRange(Int(value.start) + 1, Int(value.end) - 1)
                // The first counts for some, the last for others.
                guard found == .absent, member.kind == .string,
                    ByteScan.first(ASCII.backslash, in: front.extracting(inside), from: 0) == inside.count
                else { return .unclear }
                found = .named(inside)
            }
        } catch {
            // Cut off in the middle of another member; or no JSON at all.
            return found == .absent ? isWhole ? .unclear : .beyond : found
        }
        return found
    }

    /// The content of the part called `model`.
    /// - Source: RFC 7578 section 4, RFC 2046 section 5.1.
    private static func inParts(_ front: Span<UInt8>, _ boundary: Span<UInt8>, isWhole: Bool) -> NamedModel {
        let missing = isWhole ? NamedModel.absent : .beyond
        var at = delimiter(boundary, in: front, from: 0)
        while let start = at {
            guard let headEnd = place(of: "\r\n\r\n", in: front, from: start) else { return missing }
            let next = delimiter(boundary, in: front, from: headEnd + 2)
            if isModelPart(front.extracting(start..<headEnd)) {
                // Behind the delimiter's own line end, which belongs to it.
                guard let next, next - boundary.count - 4 >= headEnd + 4 else { return isWhole ? .unclear : .beyond }
                return .named(ByteRange(headEnd + 4, next - boundary.count - 4))
            }
            at = next
        }
        return missing
    }

    /// The offset behind the next `--boundary` that begins a line.
    private static func delimiter(_ boundary: Span<UInt8>, in front: Span<UInt8>, from: Int) -> Int? {
        var index = from
        while true {
            index = ByteScan.first(UInt8(ascii: "-"), in: front, from: index)
            let end = index + 2 + boundary.count
            if end > front.count { return nil }
            let beginsLine = index == 0 || front[index - 1] == ASCII.lf
            if beginsLine, front[index + 1] == UInt8(ascii: "-"),
                ByteScan.equals(front, from: index + 2, boundary, from: 0, count: boundary.count)
            {
                return end
            }
            index += 1
        }
    }

    private static func isModelPart(_ head: Span<UInt8>) -> Bool {
        // Not `filename=`.
        place(of: " name=\"model\"", in: head, from: 0) != nil || place(of: ";name=\"model\"", in: head, from: 0) != nil
            || place(of: " name=model\r", in: head, from: 0) != nil
    }

    private static func place(of text: StaticString, in bytes: Span<UInt8>, from: Int) -> Int? {
        let count = text.utf8CodeUnitCount
        var index = max(0, from)
        while index + count <= bytes.count {
            if ByteScan.equals(bytes, index..<index + count, text) { return index }
            index += 1
        }
        return nil
    }

    /// Where the boundary stands in the type of a form.
    private static func boundary(of contentType: Span<UInt8>) -> ByteRange? {
        guard let found = place(of: "boundary=", in: contentType, from: 10) else { return nil }
        var start = found + 9
        var end = start
        if start < contentType.count, contentType[start] == ASCII.quote {
            start += 1
            end = ByteScan.first(ASCII.quote, in: contentType, from: start)
        } else {
            while end < contentType.count, contentType[end] != ASCII.semicolon, contentType[end] != ASCII.space {
                end += 1
            }
        }
        // RFC 2046 allows 1 to 70 characters.
        return (1...70).contains(end - start) ? ByteRange(start, end) : nil
    }
}
