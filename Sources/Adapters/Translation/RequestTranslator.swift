// A request in the words of another wire.

package import Wire

package enum RequestTranslator {
    /// Appends the upstream body.
    /// - Parameter body: one that was scanned.
    /// - Parameter model: the upstream's name as a JSON string.
    package static func write(
        _ body: Span<UInt8>, model: Span<UInt8>, _ quirks: Quirks, for frame: inout AnswerFrame,
        into out: inout ByteBuffer, dropped: inout Dropped
    ) throws(TranslationFault) {
        preconditionFailure("no wire is translated yet")
    }
}
