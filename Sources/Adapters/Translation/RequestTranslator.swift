// A request in the words of another wire.

package import Wire

package enum RequestTranslator {
    /// Appends the upstream body; after a fault nothing.
    /// - Parameter body: the client's; any bytes, for it is validated once more.
    /// - Parameter model: the upstream's name as a JSON string.
    /// - Parameter frame: learns what the translation of the answer must know of this request.
    package static func write(
        _ body: Span<UInt8>, model: Span<UInt8>, _ quirks: Quirks, for frame: inout AnswerFrame,
        into out: inout ByteBuffer, dropped: inout Dropped
    ) throws(TranslationFault) {
        do { try JSONScan.validate(body, depthMax: Limits.translatedDepthMax) } catch { throw .malformed(error) }
        let start = out.count
        do throws(TranslationFault) {
            switch frame.translation {
            case .chatToMessages:
                var writer = MessagesPromptWriter(quirks, client: .chat)
                try write(ChatPromptReader.self, body, model, &writer, &frame, &out, &dropped)
            case .messagesToChat:
                var writer = ChatPromptWriter(quirks, client: .messages)
                try write(MessagesPromptReader.self, body, model, &writer, &frame, &out, &dropped)
            case .responsesToChat:
                var writer = ChatPromptWriter(quirks, client: .responses)
                try write(ResponsesPromptReader.self, body, model, &writer, &frame, &out, &dropped)
                frame.echo = ResponseEcho.of(body)
            case .responsesToMessages:
                var writer = MessagesPromptWriter(quirks, client: .responses)
                try write(ResponsesPromptReader.self, body, model, &writer, &frame, &out, &dropped)
                frame.echo = ResponseEcho.of(body)
            }
        } catch {
            out.truncate(to: start)
            throw error
        }
    }

    private static func write<R: PromptReader, W: PromptWriter & ~Copyable>(
        _ reader: R.Type, _ body: Span<UInt8>, _ model: Span<UInt8>, _ writer: inout W, _ frame: inout AnswerFrame,
        _ out: inout ByteBuffer, _ dropped: inout Dropped
    ) throws(TranslationFault) {
        swap(&writer.out, &out)
        swap(&writer.dropped, &dropped)
        defer {
            swap(&writer.out, &out)
            swap(&writer.dropped, &dropped)
        }
        writer.began(model: model)
        try R.read(body, into: &writer)
        frame.freeformTools = writer.freeformTools
        frame.includesUsage = writer.includesUsage
    }
}
