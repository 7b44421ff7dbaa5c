import Adapters
import Testing
import Wire

/// One input per case, one expectation per dialect: the listing of Tests/Fixtures is the support matrix.
struct GoldenTests {
    static let requests = Fixture.names(in: "requests", ending: ".json").filter { !$0.contains(".") }
    static let streams = Fixture.names(in: "streams", ending: ".sse").filter { !$0.contains(".") }

    @Test func thereAreFixtures() {
        #expect(Self.requests.count >= 7)
        #expect(Self.streams.count >= 10)
    }

    @Test(arguments: requests)
    func requestsGoUpstreamAsExpected(name: String) throws {
        let body = try #require(Fixture.read("requests/\(name).json"))
        let literal = bytes("\"upstream-model\"")
        let request = try ChatRequest(scanning: body.span, operation: .chat)
        let plan = RequestPlan(request, bodyBytes: body.count, modelLiteralBytes: literal.count, wantsUsage: true)
        var out = ByteBuffer()
        plan.write(body: body.span, modelLiteral: literal.span, into: &out)
        let upstream = text(out)
        Fixture.expect(upstream, is: "requests/\(name).openai.json")
        #expect(isValidJSON(upstream))
    }

    @Test(arguments: streams)
    func streamsAreJudgedAsExpected(name: String) throws {
        let stream = try #require(Fixture.read("streams/\(name).sse"))
        var whole = UsageTapTests.run(stream, strips: true)
        Fixture.expect(whole.facts(of: stream), is: "streams/\(name).facts")
        whole.contentRunCount = 0
        for cut in stride(from: 0, through: stream.count, by: 7) {
            var result = UsageTapTests.run(stream, cuts: [cut, min(cut + 1, stream.count)], strips: true)
            result.contentRunCount = 0
            #expect(result == whole, "cut at \(cut)")
        }
        var slow = UsageTapTests.slowly(stream, strips: true)
        slow.contentRunCount = 0
        #expect(slow == whole)
    }

    private func isValidJSON(_ text: String) -> Bool { (try? JSONScan.validate(bytes(text).span)) != nil }
}
