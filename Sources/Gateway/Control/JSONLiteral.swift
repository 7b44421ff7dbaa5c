// Text as a JSON string.

internal import Wire

package enum JSONLiteral {
    /// `text` escaped, with its quotes.
    package static func of(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.takeBytes()
    }
}
