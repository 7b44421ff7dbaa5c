import Sim
import Testing

struct SimResponsesTests {
    private static let tools =
        #","tools":[{"type":"function","name":"one","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}]"#

    private func played(_ more: String = "", input: String = #""hello""#, headers: String = "", isStrict: Bool = false)
        -> Played
    {
        var profile = SimProfile()
        profile.isStrict = isStrict
        return Played(
            #"{"model":"gpt","input":\#(input)\#(more)}"#, path: "/v1/responses", headers: headers, profile: profile)
    }

    @Test func aResponseHasItsShape() throws {
        let text = try #require(played().answer).text
        #expect(value("object", of: text) == "response")
        #expect(value("status", of: text) == "completed")
        #expect(value("output.0.type", of: text) == "message")
        #expect(value("output.0.content.0.type", of: text) == "output_text")
        #expect(value("usage.output_tokens", of: text) == "16")
    }

    @Test func aStreamEndsInTheResponse() throws {
        for (more, headers) in [
            ("", ""), (SimResponsesTests.tools, "x-sim-tool: 2\r\n"), ("", "x-sim-reasoning: 3\r\n"),
            ("", "x-sim-finish: refusal\r\n"),
            (#","max_output_tokens":2"#, ""), ("", "x-sim-tokens: 0\r\n"),
        ] {
            let whole = try #require(played(more, headers: headers).answer).text
            let data = events(try #require(played(more + #","stream":true"#, headers: headers).answer).payload)
            #expect(data.allSatisfy(isJSON))
            #expect(data.compactMap { value("sequence_number", of: $0) } == data.indices.map { "\($0)" })
            #expect(data.last.flatMap { value("response", of: $0) } == whole)
            #expect(value("type", of: data[0]) == "response.created")
            let done = data.filter { value("type", of: $0) == "response.output_item.done" }.compactMap {
                value("item", of: $0)
            }
            #expect("[" + done.joined(separator: ",") + "]" == value("output", of: whole))
            let deltas = data.compactMap { value("delta", of: $0) }.joined()
            let arguments = data.compactMap { value("arguments", of: $0) }.joined()
            let texts = data.filter { value("type", of: $0)?.hasSuffix(".done") == true }
                .compactMap { value("text", of: $0) ?? value("refusal", of: $0) }.joined()
            #expect(deltas == texts + arguments)
        }
    }

    @Test func aFailureIsToldTwice() throws {
        let answer = try #require(played(#","stream":true"#, headers: "x-sim-fault: error-event:2\r\n").answer)
        let types = events(answer.payload).compactMap { value("type", of: $0) }
        #expect(Array(types.suffix(2)) == ["error", "response.failed"])
    }

    @Test func rulesAreKeptWhenAskedTo() {
        let rows = [
            (#","surprise":1"#, #""hi""#, "surprise"),
            ("", #"[{"type":"function_call_output","call_id":"c1","output":"x"}]"#, "No tool call found"),
            ("", #"[{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}]"#, "No tool output found"),
            ("", #"[{"role":"user","content":[{"type":"text","text":"x"}]}]"#, "input[0].content[0].type"),
            ("", #"[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}]"#, "input[0].content[0].type"),
        ]
        for (more, input, expected) in rows {
            #expect(played(more, input: input).answer?.status == 200)
            let answer = played(more, input: input, isStrict: true).answer
            #expect(answer?.status == 400)
            #expect(answer?.text.contains(expected) == true, "\(answer?.text ?? "")")
        }
    }
}
