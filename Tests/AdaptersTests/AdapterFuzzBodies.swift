// What each fuzzer checks about any input. The corpus tests run the same bodies, so a find stays found.

import Adapters
import Wire

/// Says which promise an input broke, and stops.
private func promise(_ kept: Bool, _ text: @autoclosure () -> String) {
    if !kept { fatalError("broken promise: \(text())") }
}

/// A stream is judged the same whole, cut, and read event by event; what reaches the client is valid.
/// - Parameter bytes: a byte that chooses, then the stream.
func fuzzStream(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let stream = Array(bytes.dropFirst())
    // A line that ends in CR before one that ends in CRLF: whether that LF goes with the event depends on the cut, and means
    // nothing to any reader.
    for index in stream.indices.dropFirst() where stream[index] == 13 && stream[index - 1] == 13 { return }
    let strips = choice & 1 == 1
    var whole = StreamReading.run(stream, strips: strips)
    whole.contentRunCount = 0
    var slow = StreamReading.slowly(stream, strips: strips)
    promise(whole == slow, "compared \(whole), read \(slow)")
    let cut = stream.isEmpty ? 0 : Int(choice >> 1) * stream.count / 128
    for cuts in [[cut], Array(0...min(stream.count, 64)), Array(max(0, stream.count - 64)...stream.count)] {
        var other = StreamReading.run(stream, cuts: cuts, strips: strips)
        other.contentRunCount = 0
        promise(whole == other, "whole \(whole), cut \(other)")
    }
    var chunks: [UInt8] = []
    var start = 0
    for index in stream.indices
    where index > start && stream[index] == 10 && stream[index - 1] == 10 || index == stream.count - 1 {
        let payload = stream[start...index]
        chunks += Array((String(payload.count, radix: 16) + "\r\n").utf8) + payload + [13, 10]
        start = index + 1
    }
    do {
        var (chunked, _) = try StreamReading.run(
            chunks: chunks, cuts: [chunks.count * Int(choice >> 1) / 128], strips: strips)
        chunked.contentRunCount = 0
        promise(whole == chunked, "whole \(whole), in chunks \(chunked)")
    } catch {
        promise(false, "\(error)")
    }
    slow = StreamReading.slowly(whole.relayed, strips: strips)
    promise(!slow.stops.contains { $0.hasPrefix("malformed") }, "nothing malformed is relayed")
}

/// Any bytes of a provider, as a stream and as a whole answer, give the client an answer or an error that its library takes,
/// the same however the stream is cut, and readable by a translation back.
/// - Parameter bytes: a byte that chooses, then the stream.
func fuzzTranslate(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let stream = Array(bytes.dropFirst())
    let (there, back) =
        choice & 1 == 1
        ? (Translation.chatToMessages, Translation.messagesToChat) : (.messagesToChat, .chatToMessages)
    let frame = TranslatedStream.frame(there, includesUsage: choice & 2 == 2)
    let result = TranslatedStream.run(stream, frame)
    do {
        let folded = try FoldedAnswer.of(stream: result.output, there)
        promise((folded.error == nil) == result.isWhole, "an error is told, and only an error: \(result)")
    } catch {
        promise(false, "\(error) in \(result)")
    }
    let cut = stream.isEmpty ? 0 : Int(choice >> 2) * stream.count / 64
    for cuts in [[cut], Array(0...min(stream.count, 64)), Array(max(0, stream.count - 64)...stream.count)] {
        promise(TranslatedStream.run(stream, frame, cuts: cuts) == result, "cut \(cuts) gives another stream")
    }
    let again = TranslatedStream.run(result.output, TranslatedStream.frame(back))
    promise(again.isWhole == result.isWhole, "read back \(again) of \(result)")
    promise(!again.stops.contains("malformed"), "what was written is malformed: \(result)")
    if let whole = TranslatedStream.whole(stream, frame) {
        do {
            _ = try FoldedAnswer.of(whole: whole, there)
        } catch {
            promise(false, "\(error) in \(String(decoding: whole, as: UTF8.self))")
        }
    }
    fuzzResponses(stream, there == .chatToMessages ? .responsesToMessages : .responsesToChat, cut: cut)
}

/// The same for a client of the Responses wire, in front of a tool that takes text.
private func fuzzResponses(_ stream: [UInt8], _ translation: Translation, cut: Int) {
    var frame = TranslatedStream.frame(translation)
    frame.freeformTools = Array("f\n".utf8)
    let result = TranslatedStream.run(stream, frame)
    let check = ResponsesStreamCheck(result.output)
    promise(check.faults.isEmpty, "\(check.faults) in \(result)")
    let isWhole = check.types.last == "response.completed" || check.types.last == "response.incomplete"
    promise(isWhole == result.isWhole, "an error is told, and only an error: \(result)")
    for cuts in [[cut], Array(0...min(stream.count, 64))] {
        promise(TranslatedStream.run(stream, frame, cuts: cuts) == result, "cut \(cuts) gives another stream")
    }
    guard let whole = TranslatedStream.whole(stream, frame) else { return }
    promise((try? JSONScan.validate(whole.span)) != nil, "no JSON: \(String(decoding: whole, as: UTF8.self))")
}

/// What a tool that takes text is called with is the same however its arguments are cut and escaped, and, where they are as they should
/// be, the text itself.
/// - Parameter bytes: a byte that chooses, then the arguments, or the text in them.
func fuzzFreeform(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let given = String(decoding: bytes.dropFirst(), as: UTF8.self)
    var wrapped = "{\"input\":\""
    wrapped += escaped(given)
    wrapped += "\"}"
    promise(freeformText([escaped(wrapped)]) == given, "another text than \(given)")
    let pieces = given.unicodeScalars.map { escaped(String($0)) }
    let text = freeformText([pieces.joined()])
    let cut = Int(choice) * pieces.count / 256
    promise(text == freeformText([pieces[..<cut].joined(), pieces[cut...].joined()]), "cut at \(cut): \(given)")
    promise(text == freeformText(pieces), "in pieces: \(given)")
    let spelt = given.unicodeScalars.map { scalar in
        let hex = String(scalar.value, radix: 16)
        return scalar.value < 0x80 ? "\\u" + String(repeating: "0", count: 4 - hex.count) + hex : String(scalar)
    }
    promise(text == freeformText(spelt), "spelt out: \(given)")
}

private func escaped(_ text: String) -> String {
    var out = ByteBuffer()
    JSONWriter.escape(Array(text.utf8).span, into: &out)
    return String(decoding: [UInt8](copying: out.bytes), as: UTF8.self)
}

/// What a client is told of a call whose arguments come in these pieces, each the inside of a string.
private func freeformText(_ pieces: [String]) -> String? {
    var stream = ""
    for piece in pieces.isEmpty ? [""] : pieces {
        stream += "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\","
        stream += "\"function\":{\"name\":\"f\",\"arguments\":\"\(piece)\"}}]}}]}\n\n"
    }
    stream += "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
    var frame = TranslatedStream.frame(.responsesToChat)
    frame.freeformTools = Array("f\n".utf8)
    let check = ResponsesStreamCheck(TranslatedStream.run(Array(stream.utf8), frame).output)
    promise(check.faults.isEmpty && check.items.count == 1, "\(check.faults) in \(check.items)")
    let item = Array((check.items.first ?? "").utf8)
    return JSONScan.find("input", in: item.span, from: ByteRange(0, item.count))
        .flatMap { JSONScan.string(item.span, $0.value) }
}

/// What is taken is valid, and what goes upstream is valid, as long as announced, and names the upstream model only.
func fuzzRequest(_ bytes: [UInt8]) {
    let isValid = (try? JSONScan.validate(bytes.span)) != nil
    for operation in Operation.allCases {
        guard let request = try? ChatRequest(scanning: bytes.span, operation: operation) else { continue }
        promise(isValid, "took what is no JSON")
        let literal = Array("\"up\"".utf8)
        for wantsUsage in [false, true] {
            let plan = RequestPlan(
                request, bodyBytes: bytes.count, modelLiteralBytes: literal.count, wantsUsage: wantsUsage)
            var out = ByteBuffer()
            plan.write(body: bytes.span, modelLiteral: literal.span, into: &out)
            promise(out.count == plan.contentLength, "the length announced is the length written")
            let count = out.count
            guard let again = try? ChatRequest(scanning: out.bytes, operation: operation) else {
                promise(false, "what goes upstream is refused")
                return
            }
            var name = ByteBuffer()
            again.writeModel(from: out.bytes, into: &name)
            promise(ByteScan.equals(name.bytes, 0..<name.count, "up"), "another model goes upstream")
            promise(again.isStream == request.isStream, "stream changed")
            promise(again.includesUsage == (request.includesUsage || plan.stripsUsage), "usage is asked for")
            promise(again.subjectCount == request.subjectCount, "messages changed")
            promise(again.estimatedInputTokens == request.estimatedInputTokens, "text changed")
            let same = RequestPlan(
                again, bodyBytes: count, modelLiteralBytes: literal.count, wantsUsage: wantsUsage)
            promise(same.contentLength == count, "a second pass changes nothing")
        }
    }
}

/// What is translated is valid JSON and a request of the other surface, whatever came in.
func fuzzTranslation(_ bytes: [UInt8]) {
    let clients: [(Translation, Adapters.Operation)] = [
        (.chatToMessages, .chat), (.messagesToChat, .messages), (.responsesToChat, .responses),
        (.responsesToMessages, .responses),
    ]
    for (translation, client) in clients {
        for style in 0..<2 {
            var quirks = Quirks()
            if style == 1 {
                (quirks.thinksAdaptively, quirks.takesReasoningEffort, quirks.ids) = (true, true, .nine)
                quirks.thoughts = .mustComeBack
            }
            var frame = AnswerFrame(translation: translation, id: [], created: 0)
            var out = ByteBuffer()
            var dropped = Dropped()
            do throws(TranslationFault) {
                let model = Array("\"up\"".utf8)
                try RequestTranslator.write(
                    bytes.span, model: model.span, quirks, for: &frame, into: &out, dropped: &dropped)
            } catch {
                promise(out.isEmpty, "something was written in spite of \(error)")
                continue
            }
            promise((try? JSONScan.validate(out.bytes)) != nil, "\(translation) wrote what is no JSON")
            let surface = translation.upstream
            // What both surfaces bound alike may be beyond its bounds in a body that was never scanned.
            guard (try? ChatRequest(scanning: bytes.span, operation: client)) != nil else { continue }
            do throws(RequestFault) {
                _ = try ChatRequest(scanning: out.bytes, operation: surface)
            } catch {
                promise(false, "\(translation) wrote what is refused: \(error)")
            }
        }
    }
}
