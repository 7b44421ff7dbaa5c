// A stream read by the tap, as tests and fuzzers compare it.

import Adapters
import Wire

/// What goes to the client, and how the stream was judged.
struct StreamReading: Equatable, CustomStringConvertible {
    var relayed: [UInt8] = []
    var stops: [String] = []
    var contentRunCount = 0
    var usage = Usage()
    var finish = FinishReason.none
    var end = UsageTap.End.truncated
    var eventCount = 0
    var contentEventCount = 0
    var contentBytes = 0

    var description: String {
        "\(String(decoding: relayed, as: UTF8.self)) \(stops) \(contentRunCount) \(usage) \(finish) \(end) \(eventCount) "
            + "\(contentEventCount) \(contentBytes)"
    }

    /// What golden files hold.
    func facts(of stream: [UInt8]) -> String {
        let facts = [
            "events: \(eventCount), with content: \(contentEventCount), content bytes: \(contentBytes)",
            "usage: \(usage.inputTokens) in (\(usage.cachedTokens) cached), \(usage.outputTokens) out "
                + "(\(usage.reasoningTokens) reasoning), \(usage.totalTokens) in all",
            "finish: \(finish), end: \(end)",
            "stops: \(stops.map { String($0.prefix { $0 != " " }) })",
            "relayed: \(relayed == stream ? "all" : "\(relayed.count) of \(stream.count) bytes")",
        ]
        return facts.joined(separator: "\n") + "\n"
    }

    /// Shows the stream to a tap in pieces that end at `cuts`, as a relay does.
    static func run(
        _ stream: [UInt8], _ operation: Operation = .chat, cuts: [Int] = [], strips: Bool = false
    ) -> StreamReading {
        var tap = UsageTap(operation, stripsUsage: strips)
        var result = StreamReading()
        var inbox = ByteBuffer()
        var shown = 0
        for cut in cuts + [stream.count] where cut >= shown {
            inbox.append(stream.span.extracting(shown..<cut))
            shown = cut
            var from = 0
            reading: while true {
                let run = tap.next(in: inbox.bytes, from: from)
                for index in run.pass.range { result.relayed.append(inbox.bytes[index]) }
                from = run.next
                if run.hasContent { result.contentRunCount += 1 }
                if run.stop == .needsMore { break reading }
                result.note(run.stop, in: inbox.bytes)
                if tap.isDone { break }
            }
            inbox.consume(min(from, inbox.count))
        }
        result.note(tap)
        return result
    }

    mutating func note(_ stop: UsageTap.Stop, in bytes: Span<UInt8>) {
        switch stop {
        case .needsMore: break
        case .stripped: stops.append("stripped")
        case .done: stops.append("done")
        case .failure(let event): stops.append("failure " + text(bytes.extracting(event)))
        case .malformed(let event, _): stops.append("malformed " + text(bytes.extracting(event)))
        }
    }

    /// What the tap knows at the end.
    mutating func note(_ tap: borrowing UsageTap) {
        usage = tap.usage
        finish = tap.finish
        end = tap.end()
        eventCount = tap.eventCount
        contentEventCount = tap.contentEventCount
        contentBytes = tap.contentBytes
    }

    /// Judges the events one by one with a fresh tap each: nothing is ever compared.
    /// - Parameter stream: all of it.
    static func slowly(_ stream: [UInt8], strips: Bool) -> StreamReading {
        var result = StreamReading()
        var framer = EventFramer()
        var from = 0
        while let event = framer.next(in: stream.span, from: from) {
            from = Int(event.whole.end)
            // The event's last LF has not come and never will: it is unfinished.
            let last = stream[event.whole.range].suffix(2)
            if from == stream.count, last == [10, 13] || last == [13] { break }
            var tap = UsageTap(stripsUsage: strips)
            let verdict = tap.take(event, in: stream.span)
            if tap.hasUsage { result.usage = tap.usage }
            if tap.finish != .none { result.finish = tap.finish }
            result.eventCount += tap.eventCount
            result.contentEventCount += tap.contentEventCount
            result.contentBytes += tap.contentBytes
            switch verdict {
            case .content, .pass:
                result.relayed += Array(stream[event.whole.range])
            case .strip:
                result.stops.append("stripped")
            case .done:
                result.relayed += Array(stream[event.whole.range])
                result.stops.append("done")
                result.end = .complete
                return result
            case .failure:
                result.stops.append("failure " + text(stream.span.extracting(event.whole)))
            case .malformed:
                result.stops.append("malformed " + text(stream.span.extracting(event.whole)))
            }
        }
        result.end = result.finish == .none ? .truncated : .unterminated
        return result
    }
}
