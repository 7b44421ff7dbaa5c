// Percent-encoding in paths: a model id may hold a slash, which some clients encode and others do not.

internal import Wire

enum PercentDecoding {
    /// - Returns: nil for a broken escape.
    static func decoded(_ text: Span<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] != ASCII.percent {
                bytes.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.count else { return nil }
            let (high, low) = (ASCII.hexValue(text[index + 1]), ASCII.hexValue(text[index + 2]))
            guard high < 16, low < 16 else { return nil }
            bytes.append(high << 4 | low)
            index += 3
        }
        return bytes
    }
}
