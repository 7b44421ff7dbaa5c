// Small readings of header values.

import Wire

enum SimBytes {
    static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        ByteScan.equals(bytes, 0..<bytes.count, text)
    }

    /// Reads `[-]1*DIGIT`; `nil` for anything else and for magnitudes of a billion and more.
    static func number(_ bytes: Span<UInt8>) -> Int? {
        let isNegative = !bytes.isEmpty && bytes[0] == ASCII.hyphen
        let digits = bytes.extracting((isNegative ? 1 : 0)...)
        guard digits.count <= 9, let magnitude = ASCII.decimal(digits) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// A checksum that everybody's standard library has.
    /// - Source: RFC 1950 section 8.2.
    static func adler32(_ bytes: Span<UInt8>) -> Int {
        var (low, high) = (1, 0)
        for index in bytes.indices {
            low = (low &+ Int(bytes[index])) % 65_521
            high = (high &+ low) % 65_521
        }
        return high << 16 | low
    }

    /// Appends `bytes` in base64 with padding.
    static func writeBase64(_ bytes: Span<UInt8>, into out: inout ByteBuffer) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let one = UInt32(bytes[index])
            let two = left > 1 ? UInt32(bytes[index + 1]) : 0
            let three = left > 2 ? UInt32(bytes[index + 2]) : 0
            let group = one << 16 | two << 8 | three
            out.append(alphabet[Int(group >> 18)])
            out.append(alphabet[Int(group >> 12 & 63)])
            out.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : ASCII.equals)
            out.append(left > 2 ? alphabet[Int(group & 63)] : ASCII.equals)
            index += 3
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
