// The name of one exchange, in answers, logs and upstream requests: the client's own where it is harmless.

internal import Wire

package struct RequestID: Sendable {
    private var text = InlineArray<64, UInt8>(repeating: 0)
    private var count: UInt8 = 0

    package init() {}

    /// Takes over what a client sent, unless it is too long or has bytes that do not belong into logs and headers.
    package init?(client value: Span<UInt8>) {
        guard !value.isEmpty, value.count <= Limits.requestIDBytesMax else { return nil }
        for index in value.indices {
            switch value[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x3A: text[index] = value[index]
            default: return nil
            }
        }
        count = UInt8(value.count)
    }

    /// `req_` and 32 hexadecimal digits.
    package init(random high: UInt64, _ low: UInt64) {
        (text[0], text[1], text[2], text[3]) = (0x72, 0x65, 0x71, 0x5F)
        var index = 4
        for word in [high, low] {
            var shift = 60
            while shift >= 0 {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                text[index] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
                index &+= 1
                shift -= 4
            }
        }
        count = 36
    }

    package var bytes: Span<UInt8> {
        @_lifetime(borrow self) get { text.span.extracting(0..<Int(count)) }
    }

    package var string: String { String(copying: bytes) }
}
