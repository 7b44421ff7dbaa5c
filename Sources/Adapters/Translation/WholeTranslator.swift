// A whole answer in the words of another wire.

package import Wire

package enum WholeTranslator {
    /// Appends the client's body; nothing when it throws.
    /// - Parameter answer: one that `WholeAnswer` found to be an answer.
    package static func write(
        _ answer: Span<UInt8>, _ frame: AnswerFrame, into out: inout ByteBuffer
    ) throws(AttemptFault) {
        let start = out.count
        do throws(JSONFault) {
            switch frame.translation {
            case .chatToMessages:
                var writer = ChatAnswerWriter(frame)
                try MessagesAnswerReader.read(answer, frame, &writer, into: &out)
            case .messagesToChat:
                var writer = MessagesAnswerWriter(frame)
                try ChatAnswerReader.read(answer, frame, &writer, into: &out)
            case .responsesToChat:
                var writer = ResponsesAnswerWriter(frame)
                try ChatAnswerReader.read(answer, frame, &writer, into: &out)
            case .responsesToMessages:
                var writer = ResponsesAnswerWriter(frame)
                try MessagesAnswerReader.read(answer, frame, &writer, into: &out)
            }
        } catch {
            out.truncate(to: start)
            throw .transient(.malformedAnswer)
        }
    }
}
