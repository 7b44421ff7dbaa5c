// A configured name as it may stand in a header.

package enum HeaderValue {
    /// Visible ASCII stays; everything else is percent-encoded, so that no name can end its line.
    package static func of(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7F, byte != 0x25 {
                out.append(byte)
            } else {
                out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return out
    }
}
