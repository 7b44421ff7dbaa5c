// What each fuzzer checks about any input. The corpus tests run the same bodies, so a find stays found.

#if canImport(Wire)
    import Wire
#endif

/// Says which promise an input broke, and stops.
func promise(_ kept: Bool, _ text: @autoclosure () -> String) {
    if !kept { fatalError("broken promise: \(text())") }
}

/// Offsets at which an input is cut: all of a short one, some of a long one.
func cuts(_ count: Int) -> [Int] {
    if count <= 96 { return Array(0...count) }
    var result = Array(0..<48)
    var offset = 48
    while offset < count - 16 {
        result.append(offset)
        offset += 1 + count / 64
    }
    return result + Array(max(offset, count - 16)...count)
}

// MARK: heads

/// Everything a parser says about a head, in a form that compares.
struct HeadReport: Equatable {
    var length = -1
    var fault: HeadFault?
    var numbers: [Int] = []
    var ranges: [ByteRange] = []
    var names: [HeaderName] = []
}

func reportRequest(_ parser: inout RequestParser, _ bytes: Span<UInt8>, scanned: Int) -> HeadReport {
    var report = HeadReport()
    do throws(HeadFault) {
        guard let length = try parser.parse(bytes, scanned: scanned) else { return report }
        report.length = length
        report.numbers = [Int(parser.method.rawValue), parser.minorVersion, parser.persists ? 1 : 0]
        report.numbers += [parser.expectsContinue ? 1 : 0, number(parser.framing)]
        report.ranges = [parser.methodRange, parser.target, parser.path, parser.query]
        append(parser.fields, to: &report)
    } catch {
        report.fault = error
    }
    return report
}

func reportResponse(
    _ parser: inout ResponseParser, _ bytes: Span<UInt8>, scanned: Int, isHead: Bool
) -> HeadReport {
    var report = HeadReport()
    do throws(HeadFault) {
        guard let length = try parser.parse(bytes, scanned: scanned, requestMethodIsHead: isHead) else { return report }
        report.length = length
        report.numbers = [parser.status, parser.minorVersion, parser.persists ? 1 : 0, number(parser.framing)]
        report.ranges = [parser.reason]
        append(parser.fields, to: &report)
    } catch {
        report.fault = error
    }
    return report
}

private func number(_ framing: BodyFraming) -> Int {
    switch framing {
    case .none: -1
    case .chunked: -2
    case .untilClose: -3
    case .length(let length): length
    }
}

private func append(_ fields: borrowing HeaderFields, to report: inout HeadReport) {
    for index in 0..<fields.count {
        report.ranges += [fields[index].name, fields[index].value]
        report.names.append(fields[index].id)
    }
}

/// A head grows to `bytes`, cut at `steps`; the last report is the one that counts.
private func grown(_ bytes: [UInt8], _ report: (Span<UInt8>, Int) -> HeadReport) -> HeadReport {
    var scanned = 0
    var last = HeadReport()
    for end in cuts(bytes.count) {
        last = report(bytes.span.extracting(0..<end), scanned)
        if last.fault != nil || last.length >= 0 { return last }
        scanned = end
    }
    return last
}

private func checkRanges(_ report: HeadReport, _ bytes: [UInt8]) {
    for range in report.ranges {
        promise(
            range.start >= 0 && range.start <= range.end && range.end <= max(report.length, 0), "a range in the head")
        for byte in bytes[range.range] { promise(byte == 9 || byte >= 32 && byte != 127, "no control byte in a range") }
    }
}

func fuzzHead(_ bytes: [UInt8]) {
    var parser = RequestParser()
    let whole = reportRequest(&parser, bytes.span, scanned: 0)
    let cut = grown(bytes) { reportRequest(&parser, $0, scanned: $1) }
    promise(whole == cut, "request whole \(whole), cut \(cut)")
    checkRanges(whole, bytes)
    promise(RequestParser.path(ofRefused: bytes.span).range.upperBound <= bytes.count, "a path lies in its line")
    if whole.length >= 0 {
        let again = reportRequest(&parser, bytes.span.extracting(0..<whole.length), scanned: 0)
        promise(again == whole, "what stands behind a head does not matter")
        promise(bytes[..<whole.length].suffix(4) == [13, 10, 13, 10], "a head ends in a blank line")
    }
    for isHead in [false, true] {
        var parser = ResponseParser()
        let whole = reportResponse(&parser, bytes.span, scanned: 0, isHead: isHead)
        let cut = grown(bytes) { reportResponse(&parser, $0, scanned: $1, isHead: isHead) }
        promise(whole == cut, "response whole \(whole), cut \(cut)")
        checkRanges(whole, bytes)
    }
}

// MARK: chunks

struct ChunkReport: Equatable {
    var payload: [UInt8] = []
    var fault: HeadFault?
    var isFinished = false
    var end = 0
}

/// - Parameter stepwise: every chunk is left to `next`, those as well that could be taken whole.
func reportChunks(_ bytes: [UInt8], cutAt cuts: [Int], stepwise: Bool = false) -> ChunkReport {
    var report = ChunkReport()
    var decoder = ChunkDecoder()
    for end in cuts {
        let part = bytes.span.extracting(0..<end)
        do throws(HeadFault) {
            while true {
                let chunk = stepwise ? 0..<0 : decoder.wholeChunk(in: part, from: report.end)
                if !chunk.isEmpty {
                    promise(chunk.lowerBound > report.end && chunk.upperBound < end, "a chunk that is not whole")
                    report.payload += bytes[chunk]
                    report.end = chunk.upperBound
                    continue
                }
                let piece = try decoder.next(in: part, from: report.end)
                promise(piece.next >= report.end && piece.next <= end, "progress")
                report.payload += bytes[piece.payload.range]
                report.end = piece.next
                report.isFinished = piece.state == .finished
                if piece.state != .data { break }
            }
        } catch {
            report.fault = error
            report.end = 0
            return report
        }
        if report.isFinished { break }
    }
    return report
}

func fuzzChunk(_ bytes: [UInt8]) {
    let whole = reportChunks(bytes, cutAt: [bytes.count])
    let cut = reportChunks(bytes, cutAt: Array(0...bytes.count))
    promise(whole == cut, "whole \(whole), cut \(cut)")
    let steps = reportChunks(bytes, cutAt: [bytes.count], stepwise: true)
    promise(whole == steps, "whole \(whole), by steps \(steps)")
    let plain = ChunkDecoder.plainChunk(in: bytes.span, from: 0)
    if !plain.isEmpty {
        var decoder = ChunkDecoder()
        let part = bytes.span.extracting(0..<plain.upperBound + 2)
        let piece = try? decoder.next(in: part, from: 0)
        promise(piece?.payload.range == plain, "a plain chunk at \(plain), decoded \(String(describing: piece))")
        let rest = try? decoder.next(in: part, from: plain.upperBound)
        promise(rest?.state == .needsMore && decoder.isBetweenChunks, "a plain chunk is whole")
    }
    // What was decoded can be written and read again.
    var out = ByteBuffer()
    ChunkWriter.chunk(whole.payload.span, into: &out)
    ChunkWriter.finish(into: &out)
    let written = out.bytes
    let again = reportChunks(written.indices.map { written[$0] }, cutAt: [written.count])
    promise(again.isFinished && again.payload == whole.payload, "round trip")
}

// MARK: event streams

func frames(_ bytes: [UInt8], cutAt cuts: [Int]) -> [SSEEvent] {
    var framer = EventFramer()
    var events: [SSEEvent] = []
    var start = 0
    for end in cuts {
        let part = bytes.span.extracting(0..<end)
        while let event = framer.next(in: part, from: start) {
            promise(Int(event.whole.start) == start && event.whole.count > 0, "events follow each other")
            start = Int(event.whole.end)
            events.append(event)
        }
    }
    return events
}

/// The lines of an event stream, by the plainest reading of the specification.
private func plainEvents(_ bytes: [UInt8]) -> [(name: [UInt8], data: [UInt8], dataLineCount: Int)] {
    var rest = bytes[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var events: [(name: [UInt8], data: [UInt8], dataLineCount: Int)] = []
    var name: [UInt8] = []
    var data: [[UInt8]] = []
    while let stop = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
        let line = rest[rest.startIndex..<stop]
        let isPair = rest[stop] == 13 && stop + 1 < rest.endIndex && rest[stop + 1] == 10
        rest = rest[(stop + (isPair ? 2 : 1))...]
        if line.isEmpty {
            events.append((name, Array(data.joined(separator: [10])), data.count))
            (name, data) = ([], [])
            continue
        }
        let colon = line.firstIndex(of: 58)
        let field = line[line.startIndex..<(colon ?? line.endIndex)]
        var value = line[(colon.map { $0 + 1 } ?? line.endIndex)...]
        if value.first == 32 { value = value.dropFirst() }
        if field.elementsEqual("data".utf8) { data.append(Array(value)) }
        if field.elementsEqual("event".utf8) { name = Array(value) }
    }
    return events
}

func fuzzSSE(_ bytes: [UInt8]) {
    let whole = frames(bytes, cutAt: [bytes.count])
    let plain = plainEvents(bytes)
    promise(whole.count == plain.count, "\(whole.count) events, \(plain.count) by the plain reading")
    for (event, expected) in zip(whole, plain) {
        promise(Array(bytes[event.name.range]) == expected.name, "the name of an event")
        promise(event.dataLineCount == expected.dataLineCount, "the number of data lines")
        var data = ByteBuffer()
        EventFramer.appendData(of: event, in: bytes.span, to: &data)
        let joined = data.bytes
        promise(joined.indices.map { joined[$0] } == expected.data, "the data of an event")
    }
    // A cut inside CRLF moves the LF to the next event and changes nothing else.
    let cut = frames(bytes, cutAt: Array(0...bytes.count))
    promise(cut.count == whole.count, "\(whole.count) events whole, \(cut.count) cut")
    for (one, other) in zip(whole, cut) {
        promise(bytes[one.data.range].elementsEqual(bytes[other.data.range]), "the same data")
        promise(bytes[one.name.range].elementsEqual(bytes[other.name.range]), "the same name")
        promise(one.dataLineCount == other.dataLineCount && one.isComment == other.isComment, "the same lines")
    }
    if !bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
        let end = EventFramer.wholeEventsEnd(in: bytes.span)
        promise(end == whole.last.map { Int($0.whole.end) } ?? 0, "the end of the last whole event, \(end)")
    }
}

// MARK: JSON

func verdict(_ bytes: [UInt8]) -> JSONFault? {
    do throws(JSONFault) {
        try JSONScan.validate(bytes.span)
        return nil
    } catch {
        return error
    }
}

func verdict(_ bytes: [UInt8], cutAt cuts: [Int]) -> JSONFault? {
    var validator = JSONValidator()
    var start = 0
    do throws(JSONFault) {
        for end in cuts {
            try validator.feed(bytes.span.extracting(start..<end))
            start = end
        }
        try validator.finish()
        return nil
    } catch {
        return error
    }
}

/// Reads a value in every way there is and writes it again.
func rewrite(_ bytes: [UInt8], _ value: ByteRange, _ kind: JSONKind, to writer: inout JSONWriter) {
    switch kind {
    case .object, .array:
        if kind == .object { writer.beginObject() } else { writer.beginArray() }
        var cursor = JSONCursor(of: value, in: bytes.span)
        while let member = cursor.next(in: bytes.span) {
            if kind == .object {
                var name = ByteBuffer()
                let quoted = ByteRange(Int(member.name.start) - 1, Int(member.name.end) + 1)
                promise(JSONScan.unescape(bytes.span, quoted, into: &name), "a name is a string")
                writer.key(name.bytes)
            }
            rewrite(bytes, member.value, member.kind, to: &writer)
        }
        if kind == .object { writer.endObject() } else { writer.endArray() }
    case .string:
        var characters = ByteBuffer()
        promise(JSONScan.unescape(bytes.span, value, into: &characters), "a string is a string")
        let plain = characters.bytes
        promise(plain.indices.map { plain[$0] } == JSONScan.bytes(bytes.span, value), "both ways to unescape agree")
        writer.string(plain)
    case .number:
        if let whole = JSONScan.int(bytes.span, value) {
            writer.int(whole)
            promise(JSONScan.double(bytes.span, value) == Double(whole), "an integer is a double, too")
        } else {
            let text = String(decoding: bytes[value.range], as: UTF8.self)
            if let double = JSONScan.double(bytes.span, value) {
                promise(double == Double(text), "\(text) reads as \(double)")
            }
            writer.raw(bytes.span.extracting(value))
        }
    case .bool:
        writer.bool(JSONScan.bool(bytes.span, value)!)
    case .null:
        writer.null()
    }
}

func fuzzJSON(_ bytes: [UInt8]) {
    let whole = verdict(bytes)
    promise(whole == verdict(bytes, cutAt: Array(0...bytes.count)), "verdict whole \(String(describing: whole))")
    promise(whole == verdict(bytes, cutAt: [bytes.count]), "verdict in one piece \(String(describing: whole))")
    var members = JSONMembers()
    var top: JSONFault?
    do throws(JSONFault) { try JSONScan.topLevelMembers(bytes.span, into: &members) } catch { top = error }
    if top?.reason != .notAnObject { promise(top == whole, "top \(String(describing: top))") }

    // On a text that is not valid the readers say nothing sensible, but they end.
    let blanks: Set<UInt8> = [9, 10, 13, 32]
    guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
        let last = bytes.lastIndex(where: { !blanks.contains($0) })
    else { return }
    let value = ByteRange(first, last + 1)
    _ = JSONScan.find("a.0.b", in: bytes.span, from: value)
    _ = JSONScan.int(bytes.span, value)
    _ = JSONScan.double(bytes.span, value)
    _ = JSONScan.string(bytes.span, value)
    guard whole == nil else { return }

    let kind: JSONKind =
        switch bytes[first] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    var writer = JSONWriter()
    rewrite(bytes, value, kind, to: &writer)
    let once = writer.takeBytes()
    promise(verdict(once) == nil, "what the writer writes is valid")
    var second = JSONWriter()
    rewrite(once, ByteRange(0, once.count), kind, to: &second)
    promise(second.takeBytes() == once, "writing again changes nothing")
}
