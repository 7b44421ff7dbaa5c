import Adapters
import Testing
import Wire

/// A stream, put together by its client, says what the whole answer says.
struct FoldTests {
    /// What a model says, told whole or in pieces by either wire.
    struct Script {
        var reasoning: [String] = []
        var signature = ""
        var text: [String] = []
        var calls: [(id: String, name: String, arguments: [String])] = []
        var reason = 0
        var (input, output, cached) = (0, 0, 0)

        static let words = [
            "a", " the", "日本", "\n", "\"", "é", "🙂", "\\", "}", "data: [DONE]\n\n", "\u{0}", "\u{2028}", "</s>",
        ]

        init(_ random: inout SplitMix) {
            func some(_ random: inout SplitMix) -> [String] {
                (0..<random.below(6)).map { _ in Script.words[random.below(Script.words.count)] }
            }
            reasoning = some(&random)
            if !reasoning.isEmpty, random.below(2) == 0 { signature = "Eq\(random.below(1_000))==" }
            text = some(&random)
            for index in 0..<random.below(4) {
                let value = written { JSONWriter.quote(some(&random).joined(), into: &$0) }
                let arguments = random.below(4) == 0 ? "{}" : "{\"v\":\(value),\"n\":[1,{}]}"
                calls.append(("call_\(index)", "f\(index)", arguments.map { String($0) }))
            }
            reason = calls.isEmpty ? random.below(3) : 3
            (input, output, cached) = (100 + random.below(1_000), random.below(1_000), random.below(100))
        }

        private static func quoted(_ text: String) -> String { written { JSONWriter.quote(text, into: &$0) } }

        // MARK: Chat

        private var chatUsage: String {
            #"{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output),"#
                + #""prompt_tokens_details":{"cached_tokens":\#(cached)}}"#
        }

        private var finish: String { ["stop", "length", "content_filter", "tool_calls"][reason] }

        private func blocks(_ thinking: String) -> String {
            #"[{"type":"thinking","thinking":\#(Script.quoted(thinking)),"signature":"\#(signature)"}]"#
        }

        var chatWhole: String {
            var message = #""content":\#(Script.quoted(text.joined()))"#
            if !reasoning.isEmpty { message += #","reasoning_content":\#(Script.quoted(reasoning.joined()))"# }
            if !signature.isEmpty { message += #","thinking_blocks":\#(blocks(reasoning.joined()))"# }
            let calls = calls.map {
                #"{"id":"\#($0.id)","function":{"name":"\#($0.name)","arguments":\#(Script.quoted($0.arguments.joined()))}}"#
            }
            if !calls.isEmpty { message += #","tool_calls":[\#(calls.joined(separator: ","))]"# }
            return #"{"id":"c","model":"m","choices":[{"message":{\#(message)},"finish_reason":"\#(finish)"}],"#
                + #""usage":\#(chatUsage)}"#
        }

        var chatStream: String {
            func chunk(_ delta: String, _ finish: String = "null") -> String {
                #"data: {"id":"c","model":"m","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
                    + "\n\n"
            }
            var stream = chunk(#"{"role":"assistant","content":""}"#)
            for piece in reasoning { stream += chunk(#"{"reasoning_content":\#(Script.quoted(piece))}"#) }
            if !signature.isEmpty { stream += chunk(#"{"thinking_blocks":\#(blocks(""))}"#) }
            for piece in text { stream += chunk(#"{"content":\#(Script.quoted(piece))}"#) }
            for (index, call) in calls.enumerated() {
                stream += chunk(
                    #"{"tool_calls":[{"index":\#(index),"id":"\#(call.id)","function":{"name":"\#(call.name)","arguments":""}}]}"#
                )
                for piece in call.arguments {
                    stream += chunk(
                        #"{"tool_calls":[{"index":\#(index),"function":{"arguments":\#(Script.quoted(piece))}}]}"#)
                }
            }
            return stream + chunk("{}", "\"\(finish)\"") + #"data: {"choices":[],"usage":\#(chatUsage)}"#
                + "\n\ndata: [DONE]\n\n"
        }

        // MARK: Messages

        private var messagesUsage: String {
            #"{"input_tokens":\#(input - cached),"cache_read_input_tokens":\#(cached),"output_tokens":\#(output)}"#
        }

        private var stopReason: String { ["end_turn", "max_tokens", "refusal", "tool_use"][reason] }

        var messagesWhole: String {
            var blocks: [String] = []
            if !reasoning.isEmpty {
                blocks.append(
                    #"{"type":"thinking","thinking":\#(Script.quoted(reasoning.joined())),"signature":"\#(signature)"}"#
                )
            }
            if !text.isEmpty { blocks.append(#"{"type":"text","text":\#(Script.quoted(text.joined()))}"#) }
            for call in calls {
                blocks.append(
                    #"{"type":"tool_use","id":"\#(call.id)","name":"\#(call.name)","input":\#(call.arguments.joined())}"#
                )
            }
            return
                #"{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[\#(blocks.joined(separator: ","))],"#
                + #""stop_reason":"\#(stopReason)","stop_sequence":null,"usage":\#(messagesUsage)}"#
        }

        var messagesStream: String {
            var index = -1
            func event(_ data: String) -> String { "data: \(data)\n\n" }
            func block(_ begun: String, _ deltas: [String]) -> String {
                index += 1
                return event(#"{"type":"content_block_start","index":\#(index),"content_block":\#(begun)}"#)
                    + deltas.map { event(#"{"type":"content_block_delta","index":\#(index),"delta":\#($0)}"#) }.joined()
                    + event(#"{"type":"content_block_stop","index":\#(index)}"#)
            }
            var stream = event(
                #"{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":\#(input - cached),"#
                    + #""cache_read_input_tokens":\#(cached),"output_tokens":1}}}"#)
            if !reasoning.isEmpty {
                var deltas = reasoning.map { #"{"type":"thinking_delta","thinking":\#(Script.quoted($0))}"# }
                if !signature.isEmpty { deltas.append(#"{"type":"signature_delta","signature":"\#(signature)"}"#) }
                stream += block(#"{"type":"thinking","thinking":"","signature":""}"#, deltas)
            }
            if !text.isEmpty {
                stream += block(
                    #"{"type":"text","text":""}"#,
                    text.map { #"{"type":"text_delta","text":\#(Script.quoted($0))}"# })
            }
            for call in calls {
                stream += block(
                    #"{"type":"tool_use","id":"\#(call.id)","name":"\#(call.name)","input":{}}"#,
                    call.arguments.map { #"{"type":"input_json_delta","partial_json":\#(Script.quoted($0))}"# })
            }
            return stream
                + event(
                    #"{"type":"message_delta","delta":{"stop_reason":"\#(stopReason)","stop_sequence":null},"#
                        + #""usage":{"output_tokens":\#(output)}}"#)
                + event(#"{"type":"message_stop"}"#)
        }
    }

    @Test(arguments: [Translation.chatToMessages, .messagesToChat], ["", "f0\nf2\n"])
    func aStreamSaysWhatTheWholeAnswerSays(translation: Translation, freeformTools: String) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        var frame = TranslatedStream.frame(translation)
        frame.freeformTools = bytes(freeformTools)
        for round in 0..<100 {
            let script = Script(&random)
            let isChat = translation.upstream == .chat
            let stream = bytes(isChat ? script.chatStream : script.messagesStream)
            let whole = bytes(isChat ? script.chatWhole : script.messagesWhole)
            let cuts = [random.below(stream.count), random.below(stream.count)].sorted()
            let streamed = TranslatedStream.run(stream, frame, cuts: cuts)
            let answer = try #require(TranslatedStream.whole(whole, frame))
            #expect(streamed.end == .complete, "seed \(seed), round \(round)")
            let (one, other) = (
                try FoldedAnswer.of(stream: streamed.output, translation),
                try FoldedAnswer.of(whole: answer, translation)
            )
            #expect(one == other, "seed \(seed), round \(round)")
            let read = try WholeAnswer(whole.span, operation: translation.upstream)
            #expect(streamed.usage == read.usage)
            #expect(streamed.finish == read.finish)
        }
    }
}
