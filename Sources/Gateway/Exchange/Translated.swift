// The translation of one attempt.

internal import Adapters
internal import Reactor
internal import Wire

/// What becomes of the answer of a provider that speaks another wire than the client.
final class Translated {
    let frame: AnswerFrame
    /// The line of the answer's head that names what of the request was left out; empty when nothing was.
    let droppedLine: [UInt8]
    var stream: StreamTranslator
    /// What of a stream is translated and held back by the gate.
    var held: Block?

    init(_ frame: AnswerFrame, _ dropped: borrowing Dropped) {
        self.frame = frame
        stream = StreamTranslator(frame)
        if dropped.isEmpty {
            droppedLine = []
            return
        }
        var line = ByteBuffer()
        line.append("x-tokenhub-dropped: ")
        dropped.write(into: &line)
        line.append("\r\n")
        droppedLine = Array(copying: line.bytes)
    }

    /// What the provider is asked for.
    var upstream: Adapters.Operation { frame.translation.upstream }

    /// What the stream has told so far; the usage is `nil` where it told none.
    var figures: (eventCount: Int, contentEventCount: Int, usage: Usage?) {
        (stream.eventCount, stream.contentEventCount, stream.hasUsage ? stream.usage : nil)
    }
}
