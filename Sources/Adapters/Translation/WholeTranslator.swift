// A whole answer in the words of another wire.

package import Wire

package enum WholeTranslator {
    /// Appends the client's body.
    /// - Parameter answer: one that `WholeAnswer` found to be an answer.
    package static func write(
        _ answer: Span<UInt8>, _ frame: AnswerFrame, into out: inout ByteBuffer
    ) throws(AttemptFault) {
        preconditionFailure("no wire is translated yet")
    }
}
