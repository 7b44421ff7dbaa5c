import Sim
import Testing
import Wire

struct SimScriptTests {
    @Test func aWholeAnswerIsAChatCompletion() throws {
        let played = Played(chat())
        let answer = try #require(played.answer)
        #expect(answer.status == 200)
        #expect(answer.isComplete)
        #expect(played.end == .finished)
        #expect(played.writeCount == 1)
        #expect(isJSON(answer.text))
        #expect(value("object", of: answer.text) == "chat.completion")
        #expect(value("model", of: answer.text) == "sim-small")
        #expect(value("choices.0.message.role", of: answer.text) == "assistant")
        #expect(value("choices.0.finish_reason", of: answer.text) == "stop")
        #expect(value("usage.completion_tokens", of: answer.text) == "16")
        #expect(value("choices.0.message.content", of: answer.text)?.isEmpty == false)
    }

    @Test func aStreamSaysWhatTheWholeAnswerSays() throws {
        for headers in ["", "x-sim-chunk-bytes: 40\r\n", "x-sim-tokens: 300\r\n", "x-sim-seed: 77\r\n"] {
            let whole = try #require(Played(chat(), headers: headers).answer)
            let stream = try #require(Played(chat(#","stream":true"#), headers: headers).answer)
            #expect(stream.isComplete)
            let data = events(stream.payload)
            #expect(data.last == "[DONE]")
            #expect(data.dropLast().allSatisfy(isJSON))
            #expect(value("choices.0.delta.role", of: data[0]) == "assistant")
            #expect(value("choices.0.finish_reason", of: data[data.count - 2]) == "stop")
            let content = data.dropLast().compactMap { value("choices.0.delta.content", of: $0) }.joined()
            #expect(content == value("choices.0.message.content", of: whole.text))
        }
    }

    @Test func usageComesOnlyWhenAskedFor() {
        let asked = events(
            Played(chat(#","stream":true,"stream_options":{"include_usage":true}"#)).answer?.payload ?? [])
        let usage = asked[asked.count - 2]
        #expect(value("choices", of: usage) == "[]")
        #expect(value("usage.completion_tokens", of: usage) == "16")
        #expect(value("usage", of: asked[0]) == "null")
        let unasked = Played(chat(#","stream":true"#)).text
        #expect(!unasked.contains("usage"))
    }

    @Test func theBytesArePureFunctionOfRequestAndSeed() {
        for body in [chat(), chat(#","stream":true"#), chat(#","n":3,"stream":true"#)] {
            #expect(Played(body, seed: 5).bytes == Played(body, seed: 5).bytes)
            #expect(Played(body, seed: 5).bytes != Played(body, seed: 6).bytes)
            #expect(
                Played(body, headers: "x-sim-seed: 9\r\n", seed: 5).bytes
                    == Played(body, headers: "x-sim-seed: 9\r\n", seed: 6).bytes)
        }
        #expect(Played(chat(content: "a")).bytes != Played(chat(content: "b")).bytes)
    }

    @Test func whatAGatewayRewritesDoesNotChangeTheText() throws {
        func content(_ body: String) throws -> [String] {
            let answer = try #require(Played(body).answer)
            return events(answer.payload).compactMap { value("choices.0.delta.content", of: $0) }
        }
        let direct = try content(chat(#","stream":true"#))
        #expect(try content(chat(#","stream":true,"stream_options":{"include_usage":true}"#, model: "other")) == direct)
    }

    @Test func theBarePayloadIsWhatAClientDecodes() throws {
        for body in [chat(), chat(#","stream":true"#), chat(#","stream":true,"n":2"#), "{", chat(model: "")] {
            for headers in ["", "x-sim-tokens: 500\r\n", "x-sim-fault: comments:3\r\n", "x-sim-fault: drip:5\r\n"] {
                let headers = headers + "x-sim-gap-us: 10\r\n"
                let answer = try #require(Played(body, headers: headers).answer)
                #expect(Played(body, headers: headers, framing: .bare).bytes == answer.payload)
            }
        }
    }

    @Test func severalChoicesAreTold() throws {
        let whole = try #require(Played(chat(#","n":3"#)).answer)
        for index in 0..<3 {
            let path: StaticString = index == 0 ? "choices.0.index" : index == 1 ? "choices.1.index" : "choices.2.index"
            #expect(value(path, of: whole.text) == "\(index)")
        }
        #expect(value("usage.completion_tokens", of: whole.text) == "48")
        let stream = events(Played(chat(#","n":3,"stream":true"#)).answer?.payload ?? [])
        #expect(stream.count == 3 * 18 + 1)
        for index in ["0", "1", "2"] {
            let own = stream.filter { value("choices.0.index", of: $0) == index }
            #expect(own.count == 18)
            #expect(value("choices.0.finish_reason", of: own.last ?? "") == "stop")
        }
    }

    @Test func maxTokensEndsTheAnswer() throws {
        let answer = try #require(Played(chat(#","max_tokens":4,"max_completion_tokens":3"#)).answer)
        #expect(value("usage.completion_tokens", of: answer.text) == "3")
        #expect(value("choices.0.finish_reason", of: answer.text) == "length")
        let none = events(Played(chat(#","max_tokens":0,"stream":true"#)).answer?.payload ?? [])
        #expect(none.count == 3)
    }

    @Test func chunksHaveTheSizeAskedFor() throws {
        let headers = "x-sim-chunk-bytes: 100\r\nx-sim-tokens: 5\r\n"
        let data = events(Played(chat(#","stream":true"#), headers: headers).answer?.payload ?? [])
        let content = data.compactMap { value("choices.0.delta.content", of: $0) }.filter { !$0.isEmpty }
        #expect(content.count == 5)
        #expect(content.allSatisfy { $0.utf8.count == 100 })
        #expect(Set(content).count == 5)
        #expect(Set(data.dropLast(2).dropFirst().map(\.utf8.count)).count == 1)
    }

    // MARK: Time

    @Test func delaysAreStepsOfTheirOwn() {
        let headers = "x-sim-ttft-us: 2000\r\nx-sim-gap-us: 30\r\nx-sim-tokens: 4\r\n"
        let stream = Played(chat(#","stream":true"#), headers: headers)
        #expect(stream.waits == [2_000_000, 30_000, 30_000, 30_000, 30_000])
        #expect(stream.writeCount == 5)
        let whole = Played(chat(), headers: headers)
        #expect(whole.waits == [2_000_000 + 3 * 30_000])
        #expect(Played(chat(), headers: headers, framing: .bare).waits.isEmpty)
        #expect(Played(chat(#","stream":true"#)).waits.isEmpty)
    }

    @Test func aLongStreamComesInBatches() {
        let stream = Played(chat(#","stream":true"#), headers: "x-sim-tokens: 1000\r\n")
        #expect(stream.writeCount > 5)
        #expect(stream.writeCount < 50)
    }

    @Test func distributionsHaveTheirMeans() {
        let seed = UInt64.random(in: 0...UInt64.max)
        func mean(_ delay: SimDelay) -> Double {
            var random = SimRandom(seed: seed)
            var sum = 0.0
            for _ in 0..<20_000 {
                let drawn = delay.draw(&random)
                #expect(drawn >= 0, "seed \(seed)")
                sum += Double(drawn)
            }
            return sum / 20_000
        }
        #expect(mean(.constant(nanoseconds: 500)) == 500)
        #expect(abs(mean(.exponential(meanNanoseconds: 1_000_000)) / 1_000_000 - 1) < 0.05, "seed \(seed)")
        // The mean of a lognormal is its median times exp(sigma² / 2).
        #expect(
            abs(mean(.lognormal(medianNanoseconds: 1_000_000, sigma: 0.5)) / 1_133_148 - 1) < 0.05, "seed \(seed)")
        #expect(mean(.constant(nanoseconds: -5)) == 0)
        #expect(mean(.lognormal(medianNanoseconds: 1, sigma: .nan)) == 0)
        #expect(mean(.exponential(meanNanoseconds: .max)) <= 3.6e12)
    }

    // MARK: Tools and formats

    static let tools =
        #","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":"#
        + #"{"type":"string"},"days":{"type":"integer","minimum":3},"unit":{"enum":["c","f"]}},"required":["city"]}}},"#
        + #"{"type":"function","function":{"name":"clock"}}]"#

    @Test(arguments: [
        (#","tool_choice":"required""#, "", "weather", #"{"city":"abcd","days":3,"unit":"c"}"#),
        (#","tool_choice":{"type":"function","function":{"name":"clock"}}"#, "", "clock", "{}"),
        ("", "x-sim-tool: 1\r\n", "weather", #"{"city":"abcd","days":3,"unit":"c"}"#),
    ])
    func toolsAreCalled(choice: String, headers: String, name: String, arguments: String) throws {
        let whole = try #require(Played(chat(Self.tools + choice), headers: headers).answer).text
        #expect(isJSON(whole))
        #expect(value("choices.0.message.content", of: whole) == "null")
        #expect(value("choices.0.message.tool_calls.0.function.name", of: whole) == name)
        #expect(value("choices.0.message.tool_calls.0.function.arguments", of: whole) == arguments)
        #expect(value("choices.0.finish_reason", of: whole) == "tool_calls")
        let stream = events(
            Played(chat(Self.tools + choice + #","stream":true"#), headers: headers).answer?.payload ?? [])
        #expect(stream.dropLast().allSatisfy(isJSON))
        #expect(stream.compactMap { value("choices.0.delta.tool_calls.0.function.name", of: $0) } == [name])
        let id = value("choices.0.message.tool_calls.0.id", of: whole)
        #expect(stream.compactMap { value("choices.0.delta.tool_calls.0.id", of: $0) } == [id])
        let pieces = stream.compactMap { value("choices.0.delta.tool_calls.0.function.arguments", of: $0) }
        #expect(pieces.joined() == arguments)
        #expect(value("choices.0.finish_reason", of: stream[stream.count - 2]) == "tool_calls")
    }

    @Test(arguments: ["", #","tool_choice":"auto""#, #","tool_choice":"none""#])
    func nobodyInsistsAndNoToolIsCalled(choice: String) throws {
        let answer = try #require(Played(chat(Self.tools + choice)).answer)
        #expect(value("choices.0.finish_reason", of: answer.text) == "stop")
    }

    @Test func jsonIsAnsweredWhereItIsAskedFor() throws {
        let object = try #require(Played(chat(#","response_format":{"type":"json_object"}"#)).answer)
        #expect(isJSON(value("choices.0.message.content", of: object.text) ?? ""))
        let schema =
            #"{"type":"object","properties":{"name":{"type":"string","minLength":6},"tags":{"type":"array","minItems":2,"#
            + ##""items":{"$ref":"#/$defs/tag"}},"next":{"anyOf":[{"type":"null"},{"$ref":"#"}]},"score":{"type":"number"},"##
            + #""ok":{"type":["boolean","null"]},"é":{"const":{"a":[1]}}},"$defs":{"tag":{"enum":["x\"y"]}}}"#
        let format = #","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#
        let expected = #"{"name":"abcdef","tags":["x\"y","x\"y"],"next":null,"score":7,"ok":true,"é":{"a":[1]}}"#
        let whole = try #require(Played(chat(format)).answer)
        #expect(value("choices.0.message.content", of: whole.text) == expected)
        for size in [1, 2, 7, 100] {
            let headers = "x-sim-chunk-bytes: \(size)\r\n"
            let stream = events(Played(chat(format + #","stream":true"#), headers: headers).answer?.payload ?? [])
            #expect(stream.dropLast().allSatisfy(isJSON))
            #expect(stream.compactMap { value("choices.0.delta.content", of: $0) }.joined() == expected)
        }
    }

    @Test(arguments: [
        ##"{"$ref":"#"}"##,
        ##"{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}},"required":["a","b"]}"##,
        #"{"type":"array","minItems":1000000000,"items":{"type":"array","minItems":1000,"items":{}}}"#,
        #"{"minLength":1000000000}"#, "true", "[]", #"{"type":[]}"#, #"{"enum":[]}"#, #"{"allOf":[]}"#,
    ])
    func aSchemaThatNeverEndsIsCutShort(schema: String) throws {
        let format = #","response_format":{"type":"json_schema","json_schema":{"schema":\#(schema)}}"#
        let answer = try #require(Played(chat(format)).answer)
        #expect(answer.status == 200)
        #expect(isJSON(value("choices.0.message.content", of: answer.text) ?? ""))
        #expect(answer.payload.count < 1 << 20)
    }

    @Test func echoesShowWhatArrived() throws {
        let body = chat(#","odd":"\u00e9 \"quoted\" 日本""#)
        let echo = try #require(Played(body, headers: "x-sim-echo: body\r\n").answer)
        #expect(value("choices.0.message.content", of: echo.text) == body)
        let head = try #require(Played(body, headers: "x-sim-echo: head\r\nAuthorization: Bearer k\r\n").answer)
        #expect(value("choices.0.message.content", of: head.text)?.contains("\r\nAuthorization: Bearer k\r\n") == true)
    }

    // MARK: Other operations

    @Test func textCompletionsAreServed() throws {
        let body = #"{"model":"m","prompt":"once upon","max_tokens":5}"#
        let whole = try #require(Played(body, path: "/v1/completions").answer)
        #expect(value("object", of: whole.text) == "text_completion")
        let stream = events(
            Played(body.replacing("}", with: #","stream":true}"#), path: "/v1/completions").answer?.payload ?? [])
        #expect(
            stream.compactMap { value("choices.0.text", of: $0) }.joined() == value("choices.0.text", of: whole.text))
    }

    @Test func embeddingsDependOnTheirTextAlone() throws {
        func embed(_ input: String, _ more: String = "") throws -> String {
            let body = #"{"model":"m","input":\#(input)\#(more)}"#
            return try #require(Played(body, path: "/v1/embeddings", seed: .random(in: 0...9)).answer).text
        }
        let one = try embed(#""cat""#)
        let many = try embed(#"["dog","cat"]"#)
        #expect(isJSON(one))
        #expect(value("data.0.embedding", of: one) == value("data.1.embedding", of: many))
        #expect(value("data.0.embedding", of: one) != value("data.0.embedding", of: many))
        #expect(value("data.0.embedding", of: one)?.split(separator: ",").count == 256)
        #expect(
            value("data.0.embedding", of: try embed(#""cat""#, #","dimensions":3"#))?.split(separator: ",").count == 3)
        #expect(value("data.1", of: try embed("[1,2,3]")) == nil)
        #expect(value("data.1.index", of: try embed("[[1,2],[3]]")) == "1")
    }

    @Test func base64HoldsTheSameNumbers() throws {
        let body = #"{"model":"m","input":"cat","dimensions":5}"#
        let text = try #require(Played(body, path: "/v1/embeddings").answer).text
        let encoded = try #require(
            Played(body.replacing("}", with: #","encoding_format":"base64"}"#), path: "/v1/embeddings").answer)
        let numbers = try #require(value("data.0.embedding", of: text)).dropFirst().dropLast().split(separator: ",")
        let base64 = try #require(value("data.0.embedding", of: encoded.text))
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = 0
        var bitCount = 0
        var bytes: [UInt8] = []
        for digit in base64 where digit != "=" {
            bits = bits << 6 | (alphabet.firstIndex(of: digit) ?? 0)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(bits >> bitCount & 255))
            }
        }
        #expect(base64.count == 28)
        #expect(bytes.count == 20)
        for index in 0..<5 {
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32($1 * 8) }
            #expect(Float(bitPattern: word) == Float(String(numbers[index])))
        }
    }

    @Test func modelsAreListed() throws {
        let profile = SimProfile(models: [Array("a".utf8), Array("b".utf8)])
        let list = try #require(Played("", path: "/v1/models", method: "GET", profile: profile).answer).text
        #expect(value("data.1.id", of: list) == "b")
        let one = try #require(Played("", path: "/v1/models/b", method: "GET", profile: profile).answer)
        #expect(value("id", of: one.text) == "b")
        #expect(Played("", path: "/v1/models/c", method: "GET", profile: profile).answer?.status == 404)
        #expect(Played("", path: "/health", method: "GET", profile: profile).answer?.status == 200)
    }

    @Test func anAnswerMayCloseTheConnection() {
        for body in [chat(), chat(#","stream":true"#)] {
            let played = Played(body, closes: true)
            #expect(played.end == .close)
            #expect(played.answer?.head.contains("\r\nConnection: close\r\n") == true)
        }
    }
}
