// Prints the text of a chat stream as it comes.

internal import Wire

final class ContentPrinter {
    private var unread = ByteBuffer()
    private(set) var usage: (input: Int, output: Int)?

    func take(_ bytes: [UInt8]) {
        unread.append(bytes)
        var framer = EventFramer()
        var done = 0
        while let event = framer.next(in: unread.bytes, from: done) {
            done = Int(event.whole.end)
            if event.dataLineCount == 1 { read(Array(copying: unread.bytes.extracting(event.data))) }
        }
        unread.consume(done)
    }

    private func read(_ data: [UInt8]) {
        let span = data.span
        let root = ByteRange(0, data.count)
        guard (try? JSONScan.validate(span)) != nil else { return }
        if let content = JSONScan.find("choices.0.delta.content", in: span, from: root),
            let text = JSONScan.string(span, content.value)
        {
            Output.text(text)
        }
        if let input = JSONScan.find("usage.prompt_tokens", in: span, from: root),
            let output = JSONScan.find("usage.completion_tokens", in: span, from: root)
        {
            usage = (Int(JSONScan.int(span, input.value) ?? 0), Int(JSONScan.int(span, output.value) ?? 0))
        }
    }
}
