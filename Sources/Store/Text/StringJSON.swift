// The two JSON shapes that columns hold, an array of strings and an object of strings. Store does not import Wire, whose
// scanner reads everything else.

package enum StringJSON {
    /// `["chat","plan"]`.
    package static func encode(_ items: [String]) -> String {
        var text: [UInt8] = [0x5B]
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(0x2C) }
            quote(item, into: &text)
        }
        text.append(0x5D)
        return String(decoding: text, as: UTF8.self)
    }

    /// Members in the order of their names, so that equal vaults are equal text.
    static func encode(_ members: [String: String]) -> String {
        var text: [UInt8] = [0x7B]
        for (index, name) in members.keys.sorted().enumerated() {
            if index > 0 { text.append(0x2C) }
            quote(name, into: &text)
            text.append(0x3A)
            quote(members[name] ?? "", into: &text)
        }
        text.append(0x7D)
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` when the text is anything but one array of strings.
    package static func decodeArray(_ text: String) -> [String]? {
        var reader = Reader(bytes: Array(text.utf8))
        guard reader.take(0x5B) else { return nil }
        var items: [String] = []
        if !reader.take(0x5D) {
            repeat {
                guard let item = reader.string() else { return nil }
                items.append(item)
            } while reader.take(0x2C)
            guard reader.take(0x5D) else { return nil }
        }
        return reader.isAtEnd ? items : nil
    }

    /// `nil` when the text is anything but one object of strings. Of a repeated name the last counts.
    static func decodeObject(_ text: String) -> [String: String]? {
        var reader = Reader(bytes: Array(text.utf8))
        guard reader.take(0x7B) else { return nil }
        var members: [String: String] = [:]
        if !reader.take(0x7D) {
            repeat {
                guard let name = reader.string(), reader.take(0x3A), let value = reader.string() else { return nil }
                members[name] = value
            } while reader.take(0x2C)
            guard reader.take(0x7D) else { return nil }
        }
        return reader.isAtEnd ? members : nil
    }

    private static func quote(_ item: String, into text: inout [UInt8]) {
        text.append(0x22)
        for byte in item.utf8 {
            switch byte {
            case 0x22, 0x5C: text += [0x5C, byte]
            case 0x00..<0x20: text += "\\u00\(Hex.encode([byte]))".utf8
            default: text.append(byte)
            }
        }
        text.append(0x22)
    }

    private struct Reader {
        let bytes: [UInt8]
        var next = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private mutating func skipSpace() {
            while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
        }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return next == bytes.count
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard next < bytes.count, bytes[next] == byte else { return false }
            next += 1
            return true
        }

        mutating func string() -> String? {
            guard take(0x22) else { return nil }
            var content: [UInt8] = []
            while next < bytes.count {
                let byte = bytes[next]
                next += 1
                switch byte {
                case 0x22: return String(validating: content, as: UTF8.self)
                case 0x5C: guard escape(into: &content) else { return nil }
                case 0x00..<0x20: return nil
                default: content.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into content: inout [UInt8]) -> Bool {
            guard next < bytes.count else { return false }
            let byte = bytes[next]
            next += 1
            switch byte {
            case 0x22, 0x5C, 0x2F: content.append(byte)
            case 0x62: content.append(0x08)
            case 0x66: content.append(0x0C)
            case 0x6E: content.append(0x0A)
            case 0x72: content.append(0x0D)
            case 0x74: content.append(0x09)
            case 0x75:
                guard var code = fourDigits() else { return false }
                if (0xD800..<0xDC00).contains(code) {
                    guard next + 1 < bytes.count, bytes[next] == 0x5C, bytes[next + 1] == 0x75 else { return false }
                    next += 2
                    guard let low = fourDigits(), (0xDC00..<0xE000).contains(low) else { return false }
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(code) else { return false }
                content += String(Character(scalar)).utf8
            default: return false
            }
            return true
        }

        private mutating func fourDigits() -> UInt32? {
            guard next + 4 <= bytes.count,
                let pair = Hex.decode(String(decoding: bytes[next..<next + 4], as: UTF8.self)), pair.count == 2
            else { return nil }
            next += 4
            return UInt32(pair[0]) << 8 | UInt32(pair[1])
        }
    }
}
