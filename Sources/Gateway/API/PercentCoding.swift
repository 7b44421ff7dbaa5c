// Percent-encoding of paths and queries (RFC 3986 section 2.1).

enum PercentCoding {
    /// `nil` for a broken escape, a NUL, or bytes that are no UTF-8.
    static func decode(_ text: Substring, plusIsBlank: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0x2B && plusIsBlank {
                bytes.append(0x20)
            } else if byte != 0x25 {
                bytes.append(byte)
            } else {
                guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()), high | low != 0 else {
                    return nil
                }
                bytes.append(high << 4 | low)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case let byte? where (0x30...0x39).contains(byte): byte - 0x30
        case let byte? where (0x61...0x66).contains(byte | 0x20): (byte | 0x20) - 0x57
        default: nil
        }
    }
}
