// A stream translated, as tests and fuzzers compare it.

import Adapters
import Wire

/// What the client gets of a stream, and how the stream was judged.
struct TranslatedStream: Equatable, CustomStringConvertible {
    var output: [UInt8] = []
    var stops: [String] = []
    var hasContent = false
    var usage = Usage()
    var hasUsage = false
    var finish = FinishReason.none
    var end = UsageTap.End.truncated
    var eventCount = 0
    var contentEventCount = 0

    var description: String {
        "\(String(decoding: output, as: UTF8.self)) \(stops) \(usage) \(finish) \(end) \(eventCount) "
            + "\(contentEventCount)"
    }

    /// It ended well for the client.
    var isWhole: Bool { stops.isEmpty && end != .truncated }

    static func frame(_ translation: Translation, includesUsage: Bool = true) -> AnswerFrame {
        var frame = AnswerFrame(translation: translation, id: Array("req_7".utf8), created: 1_760_000_000)
        frame.includesUsage = includesUsage
        frame.estimatedInputTokens = 21
        return frame
    }

    /// Shows the stream to a translator in pieces that end at `cuts`, as a relay does; an answer that breaks ends with an error.
    static func run(_ stream: [UInt8], _ frame: AnswerFrame, cuts: [Int] = []) -> TranslatedStream {
        var translator = StreamTranslator(frame)
        var result = TranslatedStream()
        var out = ByteBuffer()
        var inbox = ByteBuffer()
        var shown = 0
        showing: for cut in cuts + [stream.count] where cut >= shown {
            inbox.append(stream.span.extracting(shown..<cut))
            shown = cut
            let run = translator.next(in: inbox.bytes, from: 0, into: &out)
            if run.hasContent { result.hasContent = true }
            switch run.stop {
            case .needsMore: break
            case .done: break showing
            case .failure: result.stops.append("failure")
            case .malformed: result.stops.append("malformed")
            case .oversized: result.stops.append("oversized")
            }
            if !result.stops.isEmpty { break }
            inbox.consume(run.next)
        }
        result.end = result.stops.isEmpty ? translator.end(into: &out) : .truncated
        if result.end == .truncated {
            let error = ErrorBody(status: 502, type: "server_error", code: "upstream_failed")
            translator.fail(error, message: Span.of("the provider's answer broke off"), into: &out)
        }
        result.output = [UInt8](copying: out.bytes)
        result.usage = translator.usage
        result.hasUsage = translator.hasUsage
        result.finish = translator.finish
        result.eventCount = translator.eventCount
        result.contentEventCount = translator.contentEventCount
        return result
    }

    /// A whole answer translated; `nil` when the translator refuses it.
    static func whole(_ answer: [UInt8], _ frame: AnswerFrame) -> [UInt8]? {
        var out = ByteBuffer()
        do {
            try WholeTranslator.write(answer.span, frame, into: &out)
        } catch {
            return nil
        }
        return [UInt8](copying: out.bytes)
    }
}
