// Money as text: nano-dollars as dollars with nine decimals, exactly.

internal import Wire

enum NanoDollars {
    /// `0.000012345`
    static func write(_ amount: Int64, into out: inout ByteBuffer) {
        if amount < 0 { out.append("-") }
        let magnitude = amount.magnitude
        out.append(decimal: Int(magnitude / 1_000_000_000))
        out.append(".")
        out.append(decimal: Int(magnitude % 1_000_000_000), width: 9)
    }
}
