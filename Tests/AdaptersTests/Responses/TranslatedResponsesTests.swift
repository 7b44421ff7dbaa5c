import Testing
import Wire

@testable import Adapters

/// Requests of the Responses wire in the words of the others, and the others' answers in its own: golden files beside their
/// inputs, so that the listing of Tests/Fixtures is the support matrix.
struct TranslatedResponsesTests {
    static let requests = Fixture.names(in: "responses", ending: ".json").filter { !$0.contains(".") }

    /// Streams and whole answers of a wire, by the folder they are in.
    static let streams = GoldenTests.streams + names(in: "streams/messages", ending: ".sse").map { "messages/\($0)" }
    static let answers =
        names(in: "answers/chat", ending: ".json").map { "chat/\($0)" }
        + names(in: "answers/messages", ending: ".json").map { "messages/\($0)" }

    static func names(in folder: String, ending: String) -> [String] {
        Fixture.names(in: folder, ending: ending).filter { !$0.contains(".") }
    }

    static func frame(of name: String) -> AnswerFrame {
        var frame = TranslatedStream.frame(name.hasPrefix("messages/") ? .responsesToMessages : .responsesToChat)
        frame.echo = ResponseEcho.of(bytes("{}").span)
        return frame
    }

    @Test func thereAreFixtures() {
        #expect(Self.requests.count >= 10)
        #expect(Self.streams.count >= 40)
        #expect(Self.answers.count >= 20)
    }

    @Test(arguments: requests, [Translation.responsesToChat, .responsesToMessages])
    func requestsReachTheProviderInItsOwnWords(name: String, translation: Translation) throws {
        let body = try #require(Fixture.read("responses/\(name).json"))
        let result = PromptTests.translate(body, translation)
        #expect(result.fault == nil)
        let file = "responses/\(name).\(translation == .responsesToChat ? "chat" : "messages")"
        Fixture.expect(result.body + "\n", is: file + ".json")
        Fixture.expect(result.dropped + "\n", is: file + ".dropped")
        #expect(PromptTests.isValid(result.body))
        _ = try ChatRequest(scanning: bytes(result.body).span, operation: translation.upstream)
        #expect(!result.frame.echo.isEmpty)
    }

    @Test func theFrameKnowsWhichToolsTakeText() throws {
        let body = try #require(Fixture.read("responses/freeform.json"))
        for translation in [Translation.responsesToChat, .responsesToMessages] {
            #expect(PromptTests.translate(body, translation).frame.freeformTools == bytes("apply_patch\nexec\n"))
        }
    }

    @Test(arguments: streams)
    func streamsReachTheClient(name: String) {
        let stream = Fixture.read("streams/\(name).sse") ?? []
        let result = TranslatedStream.run(stream, Self.frame(of: name))
        Fixture.expect(text(result.output.span), is: "streams/\(name).responses.sse")
        let check = ResponsesStreamCheck(result.output)
        #expect(check.faults == [])
        #expect(["response.completed", "response.incomplete"].contains(check.types.last) == result.isWhole)
    }

    @Test(arguments: streams)
    func streamsCutAnywhereGiveTheSame(name: String) {
        let stream = Fixture.read("streams/\(name).sse") ?? []
        let frame = Self.frame(of: name)
        let whole = TranslatedStream.run(stream, frame)
        for cut in stride(from: 0, through: stream.count, by: 11) {
            #expect(TranslatedStream.run(stream, frame, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(TranslatedStream.run(stream, frame, cuts: Array(0...stream.count)) == whole, "one byte at a time")
    }

    @Test(arguments: answers)
    func answersReachTheClient(name: String) throws {
        let answer = Fixture.read("answers/\(name).json") ?? []
        let translated = try #require(TranslatedStream.whole(answer, Self.frame(of: name)))
        Fixture.expect(text(translated.span) + "\n", is: "answers/\(name).responses.json")
        #expect(PromptTests.isValid(text(translated.span)))
        let status = JSONScan.find("status", in: translated.span, from: ByteRange(0, translated.count))
        let isKnown = status.map { text(translated.span.extracting($0.value)) }
        #expect(isKnown == "\"completed\"" || isKnown == "\"incomplete\"")
    }

    @Test func anyBytesGiveAStreamOrAnError() {
        var random = SplitMix(seed: 0x5EED_0013)
        let inputs = Self.streams.map { ($0, Fixture.read("streams/\($0).sse") ?? []) }
        for round in 0..<400 {
            var (name, stream) = inputs[random.below(inputs.count)]
            for _ in 0..<random.below(4) where !stream.isEmpty {
                stream[random.below(stream.count)] = UInt8(truncatingIfNeeded: random.below(256))
            }
            var events = text(stream.span).split(separator: "\n\n").map { "\($0)\n\n" }
            for _ in 0..<random.below(4) where events.count > 1 {
                let (one, two) = (random.below(events.count), random.below(events.count))
                switch random.below(3) {
                case 0: events.swapAt(one, two)
                case 1: events.remove(at: one)
                default: events.insert(events[two], at: one)
                }
            }
            var frame = Self.frame(of: name)
            frame.freeformTools = bytes("get_weather\nlook\n")
            let result = TranslatedStream.run(bytes(events.joined()), frame)
            let check = ResponsesStreamCheck(result.output)
            #expect(check.faults == [], "round \(round): \(events.joined())\n\(result)")
        }
    }

    /// A turn that went out as a Responses answer comes back as the next request says it.
    @Test(arguments: answers)
    func answersComeBackAsTheyWereTold(name: String) throws {
        let answer = Fixture.read("answers/\(name).json") ?? []
        let translated = try #require(TranslatedStream.whole(answer, Self.frame(of: name)))
        let output = JSONScan.find("output", in: translated.span, from: ByteRange(0, translated.count))
        let items = text(translated.span.extracting(try #require(output).value)).dropFirst().dropLast()
        let user = #"{"role":"user","content":"Go on."}"#
        let input = ([user] + (items.isEmpty ? [] : ["\(items)"]) + [user]).joined(separator: ",")
        let translation = Self.frame(of: name).translation
        let result = PromptTests.translate(#"{"input":[\#(input)],"max_output_tokens":9}"#, translation)
        #expect(result.fault == nil)
        Fixture.expect(result.body + "\n", is: "answers/\(name).returned.json")
    }
}
