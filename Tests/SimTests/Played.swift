import Sim
import Testing
import Wire

/// A script played to its end, as a server would.
struct Played {
    /// Bytes as they go over the socket, or the bare payload.
    var bytes: [UInt8] = []
    /// Waits in nanoseconds, in order.
    var waits: [Int64] = []
    /// Bytes of each step that has some.
    var sizes: [Int] = []
    var writeCount: Int { sizes.count }
    var end = SimStep.finished

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Plays the answer to a request.
    /// - Parameter headers: lines with CRLF.
    init(
        _ body: String, path: String = "/v1/chat/completions", method: String = "POST", headers: String = "",
        profile: SimProfile = SimProfile(), seed: UInt64 = 1, framing: SimScript.Framing = .http, closes: Bool = false
    ) {
        let head = Array("\(method) \(path) HTTP/1.1\r\nHost: sim\r\n\(headers)\r\n".utf8)
        var parser = RequestParser()
        do {
            #expect(try parser.parse(head.span, scanned: 0) == head.count)
        } catch {
            Issue.record("head refused: \(error)")
        }
        let body = Array(body.utf8)
        var script = SimScript(
            method: parser.method, path: head.span.extracting(parser.path), head: head.span, fields: parser.fields,
            body: body.span, profile: profile, seed: seed, framing: framing, closes: closes)
        var out = ByteBuffer()
        while true {
            let step = script.next(into: &out)
            switch step {
            case .bytes:
                let count = out.count
                #expect(count > 0, "a step with bytes has none")
                sizes.append(count)
                for index in out.bytes.indices { bytes.append(out.bytes[index]) }
                out.removeAll()
            case .wait(let nanoseconds):
                waits.append(nanoseconds)
            case .stall, .reset, .close, .finished:
                let count = out.count
                #expect(count == 0)
                end = step
                return
            }
        }
    }

    /// The answer as an HTTP client reads it.
    struct Answer: Equatable {
        var status = 0
        var head = ""
        var payload: [UInt8] = []
        /// The framing came to its end.
        var isComplete = false

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    /// Parses the bytes; `nil` when they are no HTTP answer.
    var answer: Answer? {
        var parser = ResponseParser()
        guard let length = (try? parser.parse(bytes.span, scanned: 0, requestMethodIsHead: false)) ?? nil else {
            return nil
        }
        var answer = Answer(status: parser.status, head: String(decoding: bytes[..<length], as: UTF8.self))
        switch parser.framing {
        case .none:
            answer.isComplete = true
        case .length(let count):
            answer.payload = Array(bytes[length...])
            answer.isComplete = answer.payload.count == count
        case .chunked:
            var decoder = ChunkDecoder()
            var index = length
            while let piece = try? decoder.next(in: bytes.span, from: index) {
                answer.payload += bytes[piece.payload.range]
                index = piece.next
                if piece.state == .finished { answer.isComplete = index == bytes.count }
                if piece.state != .data { break }
            }
        case .untilClose:
            answer.payload = Array(bytes[length...])
        }
        return answer
    }
}

/// A chat request.
func chat(_ more: String = "", model: String = "sim-small", content: String = "hello") -> String {
    #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(content)"}]\#(more)}"#
}

/// The data of each event.
func events(_ payload: [UInt8]) -> [String] {
    var framer = EventFramer()
    var from = 0
    var result: [String] = []
    while let event = framer.next(in: payload.span, from: from) {
        from = Int(event.whole.end)
        if event.dataLineCount > 0 { result.append(String(decoding: payload[event.data.range], as: UTF8.self)) }
    }
    #expect(from == payload.count, "bytes behind the last event")
    return result
}

/// A member of a JSON text by its path: a string's characters, or the text of another value.
func value(_ path: StaticString, of text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let member = JSONScan.find(path, in: bytes.span, from: ByteRange(0, bytes.count)) else { return nil }
    return JSONScan.string(bytes.span, member.value) ?? String(decoding: bytes[member.value.range], as: UTF8.self)
}

func isJSON(_ text: String) -> Bool { (try? JSONScan.validate(Array(text.utf8).span)) != nil }
