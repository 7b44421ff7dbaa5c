// The blocks of a Messages request.

import Wire

extension MessagesPromptWriter {
    static func writeText(_ raw: Span<UInt8>, _ cache: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("{\"type\":\"text\",")
        out.append(cacheControl: cache)
        out.append("\"text\":")
        out.append(quoting: raw)
        out.append("}")
    }

    /// An image or a document.
    static func writeMedia(
        _ type: StaticString, _ source: ImageSource, _ raw: Span<UInt8>, _ mediaType: Span<UInt8>, _ name: Span<UInt8>,
        _ cache: Span<UInt8>, into out: inout ByteBuffer
    ) {
        out.append("{\"type\":\"")
        out.append(type)
        out.append("\",")
        out.append(cacheControl: cache)
        if !name.isEmpty {
            out.append("\"title\":")
            out.append(quoting: name)
            out.append(",")
        }
        switch source {
        case .url:
            out.append("\"source\":{\"type\":\"url\",\"url\":")
        case .base64:
            out.append("\"source\":{\"type\":\"base64\",\"media_type\":")
            // A name in common use that the wire does not know.
            let isJPG = ByteScan.equals(mediaType, 0..<mediaType.count, "image/jpg")
            out.append(quoting: isJPG ? Span.of("image/jpeg") : mediaType)
            out.append(",\"data\":")
        }
        out.append(quoting: raw)
        out.append("}}")
    }

    /// Only such addresses are fetched.
    static func isSecure(_ url: Span<UInt8>) -> Bool {
        url.count > 6 && ASCII.equalsIgnoringCase(url, 0..<6, "https:")
    }

    /// Appends the schema of a tool, which has to say that it is one of an object.
    static func writeSchema(_ schema: Span<UInt8>, into out: inout ByteBuffer) {
        var members = JSONCursor(of: ByteRange(0, schema.count), in: schema)
        var isEmpty = true
        while let member = members.next(in: schema) {
            if JSONScan.isName(of: member, "type", in: schema) { return out.append(schema) }
            isEmpty = false
        }
        out.append(isEmpty ? "{\"type\":\"object\"" : "{\"type\":\"object\",")
        out.append(schema.extracting(1..<schema.count))
    }

    /// Appends the arguments of a call as the object that they are the text of.
    /// - Parameter raw: the text as written, the inside of a string.
    /// - Returns: `false` when they are no object; they are its only member then.
    static func writeInput(_ raw: Span<UInt8>, into out: inout ByteBuffer) -> Bool {
        if isBlank(raw) {
            out.append("{}")
            return true
        }
        var quoted = ByteBuffer(capacity: raw.count + 2)
        quoted.append(quoting: raw)
        let start = out.count
        _ = JSONScan.unescape(quoted.bytes, ByteRange(0, quoted.count), into: &out)
        if isObject(out.bytes.extracting(start..<out.count)) { return true }
        out.truncate(to: start)
        out.append("{\"_unparsed\":")
        out.append(quoted.bytes)
        out.append("}")
        return false
    }

    private static func isObject(_ text: Span<UInt8>) -> Bool {
        var reader = JSONReader()
        guard reader.nextKind(in: text) == .object else { return false }
        return (try? JSONScan.validate(text, depthMax: Limits.argumentsDepthMax)) != nil
    }

    /// Nothing but blanks, as they are written: the wire refuses such texts.
    static func isBlank(_ raw: Span<UInt8>) -> Bool {
        var index = 0
        while index < raw.count {
            if raw[index] == ASCII.backslash, index + 1 < raw.count {
                index += 1
                let byte = raw[index]
                guard byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") || byte == UInt8(ascii: "t") else {
                    return false
                }
            } else if raw[index] != ASCII.space {
                return false
            }
            index += 1
        }
        return true
    }

    static func isToolName(_ name: Span<UInt8>) -> Bool {
        for index in name.indices {
            let byte = name[index]
            if !ASCII.isAlphanumeric(byte), byte != UInt8(ascii: "_"), byte != ASCII.hyphen { return false }
        }
        return !name.isEmpty && name.count <= Limits.toolNameBytesMax
    }
}
