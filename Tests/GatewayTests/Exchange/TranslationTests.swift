// Client and provider of different wires: what goes over, what is said of what does not, and how a failure looks in between.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct TranslationTests {
    /// One provider of the Messages wire.
    private static func anthropic(_ script: @escaping (Client) -> Void = Script.messages) -> Plan {
        var plan = Plan()
        plan.stands[0].dialect = .anthropic
        plan.stands[0].credential = "sk-ant"
        plan.stands[0].script = script
        return plan
    }

    /// A provider of the Messages wire, and one of the chat wire that comes after it.
    private static func both(_ script: @escaping (Client) -> Void) -> Plan {
        var plan = anthropic(script)
        plan.stands.append(Plan.Stand(id: "beta"))
        plan.models.append(Plan.Model(id: "m-beta", provider: "beta", weight: 5, literal: "up-beta"))
        return plan
    }

    private func types(_ reply: Reply) -> [String] {
        reply.events.compactMap { event in
            let bytes = Array(event.utf8)
            return JSONScan.find("type", in: bytes.span, from: ByteRange(0, bytes.count))
                .flatMap { JSONScan.string(bytes.span, $0.value) }
        }
    }

    // MARK: The same wire

    @Test(arguments: Kernel.present, [false, true])
    func messagesReachTheirOwnWireByteForByte(kernel: Kernel, stream: Bool) throws {
        var asked: [UInt8] = []
        var plan = Self.anthropic()
        plan.stands[0].script = { server in
            Script.messages(server)
            let answer = server.onChange
            server.onChange = { server in
                asked = server.received
                answer?(server)
            }
        }
        let gate = try Gate(kernel, plan)
        let ask = Ask.messages(stream: stream, more: #","unknown":{"a":[1.50]},"thinking":{"type":"disabled"}"#)
            .with("anthropic-beta: x", "Anthropic-Version: 2023-01-01")
        let reply = try gate.ask(ask)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.text == (stream ? Script.messageEvents.joined() : Script.message))
        #expect(reply["x-tokenhub-relay"] == "exact")
        #expect(reply["request-id"] == reply["x-request-id"])
        let text = String(decoding: asked, as: UTF8.self)
        #expect(text.hasPrefix("POST /v1/messages HTTP/1.1\r\n"))
        #expect(text.hasSuffix("\r\n\r\n" + ask.upstreamBody))
        #expect(text.contains("\r\nx-api-key: sk-ant\r\n"))
        #expect(text.contains("\r\nAnthropic-Version: 2023-01-01\r\n") && text.contains("\r\nanthropic-beta: x\r\n"))
        let row = try gate.settledRows(1)[0]
        #expect(row.record.usage.inputTokens == 7)
        #expect(row.record.usage.outputTokens == 3)
        try gate.finish()
    }

    // MARK: Another wire

    /// The head that keeps a client waiting says what is known by then.
    @Test func whatWasLeftOutIsToldInTheHeadThatComesBeforeTheAnswer() throws {
        var asking: Client?
        let gate = try Gate(.calm, Self.anthropic(Script.onRequest { asking = $0 }))
        let client = try gate.connect()
        client.send(.chat(stream: true, more: #","seed":1,"logprobs":true"#))
        try gate.pass(milliseconds: 15_100)
        let head = try #require(client.partial)
        #expect(head["x-tokenhub-dropped"] == "seed, logprobs")
        #expect(head["x-tokenhub-provider"] == nil)
        asking?.send(Script.stream())
        let reply = try gate.reply(to: client)
        #expect(reply.events.last == "[DONE]")
        #expect(reply.fields.filter { $0.name == "x-tokenhub-dropped" }.count == 1)
        try gate.finish()
    }

    @Test(arguments: Kernel.present, [false, true])
    func aChatIsAnsweredByAProviderOfTheMessagesWire(kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel, Self.anthropic())
        let reply = try gate.ask(.chat(stream: stream, usage: stream, more: #","seed":1,"logprobs":true"#))
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply["x-tokenhub-relay"] == "translated")
        #expect(reply["x-tokenhub-dropped"] == "seed, logprobs")
        if stream {
            #expect(reply["content-type"] == "text/event-stream")
            #expect(reply["cache-control"] == "no-store")
            #expect(reply.events.last == "[DONE]")
            #expect(reply.events.contains { $0.contains(#""choices":[]"#) && $0.contains(#""prompt_tokens":7"#) })
            #expect(reply.text.contains(#""content":"Hello""#) && reply.text.contains(#""content":" there""#))
        } else {
            #expect(reply["content-type"] == "application/json")
            #expect(reply.value("object") == "chat.completion")
            #expect(reply.text.contains(#""content":"Hello there""#))
            #expect(reply.value("usage.prompt_tokens") == "7")
        }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 200)
        #expect(row.record.usage.inputTokens == 7)
        #expect(row.record.usage.outputTokens == 3)
        #expect(row.record.costNanoUSD != nil)
        try gate.finish()
    }

    @Test(arguments: Kernel.present, [false, true])
    func aMessageIsAnsweredByAProviderOfTheChatWire(kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel)
        let reply = try gate.ask(.messages(stream: stream, more: #","top_k":3,"container":"c""#))
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply["x-tokenhub-relay"] == "translated")
        #expect(reply["x-tokenhub-dropped"] == "container")
        #expect(reply["request-id"] == reply["x-request-id"])
        if stream {
            let types = types(reply)
            #expect(types.first == "message_start")
            #expect(types.last == "message_stop")
            #expect(types.contains("content_block_delta"))
        } else {
            #expect(reply.value("type") == "message")
            #expect(reply.value("stop_reason") == "end_turn")
        }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.usage.outputTokens > 0)
        #expect(row.record.isStream == stream)
        try gate.finish()
    }

    @Test(arguments: [Provider.sim, .anthropic], [false, true])
    func aResponseIsAnsweredByAProviderOfEitherWire(dialect: Provider, stream: Bool) throws {
        let gate = try Gate(.calm, dialect == .sim ? Plan() : Self.anthropic())
        let reply = try gate.ask(.responses(stream: stream, more: #","instructions":"be brief""#))
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply["x-tokenhub-relay"] == "translated")
        if stream {
            let types = types(reply)
            #expect(types.first == "response.created")
            #expect(types.last == "response.completed")
        } else {
            #expect(reply.value("object") == "response")
            #expect(reply.value("status") == "completed")
        }
        #expect(try gate.settledRows(1)[0].record.usage.outputTokens > 0)
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func theNativeChatReachesTheMessagesWire(stream: Bool) throws {
        let gate = try Gate(.calm, Self.anthropic())
        let reply = try gate.ask(.native(parts: stream ? #","stream":true"# : ""))
        #expect(reply.status == 200, "\(reply.text)")
        if stream {
            #expect(reply.events.last == "[DONE]")
        } else {
            #expect(reply.value("response.object") == "chat.completion")
            #expect(reply.value("negotiated_model") == "m-alpha")
        }
        try gate.finish()
    }

    @Test func aStreamThatComesByteByByteIsTheSame() throws {
        let stream = Array((Script.streamHead + Script.messageEvents.joined()).utf8)
        let script = Script.onRequest { server in
            for byte in stream { server.send([byte]) }
            server.finish()
        }
        let slow = try Gate(.rough, Self.anthropic(script))
        let atOnce = try Gate(.calm, Self.anthropic())
        func said(_ reply: Reply) -> [String] {
            reply.events.map { $0.replacing(#/"created":\d+/#, with: "") }
        }
        let ask = Ask.chat(stream: true, usage: true)
        #expect(said(try slow.ask(ask)) == said(try atOnce.ask(ask)))
        try slow.finish()
        try atOnce.finish()
    }

    // MARK: What has no place

    @Test func whereThePolicyIsStrictNothingIsLeftOut() throws {
        var plan = Self.anthropic()
        plan.settings.policy.isStrict = true
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat(more: #","seed":1,"logprobs":true"#))
        #expect(reply.status == 400)
        #expect(reply.error("type") == "invalid_request_error")
        #expect(reply.error("code") == "unsupported_parameter")
        #expect(reply.error("param") == "seed")
        #expect(reply.error("message")?.contains("seed, logprobs") == true, "\(reply.text)")
        #expect(try gate.ask(.chat()).status == 200)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func whatCannotBeAskedAtAllGoesToWhoTakesItAsItIs() throws {
        let alone = try Gate(.calm, Self.anthropic())
        let refused = try alone.ask(.chat(more: #","n":2"#))
        #expect(refused.status == 400)
        #expect(refused.error("code") == "unsupported_parameter")
        #expect(refused.error("param") == "n")
        #expect(try alone.health(of: "alpha").totalErrors == 0)
        let event = try alone.settledRows(1)[0]
        #expect(event.record.attemptCount == 0)
        #expect(event.error == "cannot_carry")
        try alone.finish()

        let gate = try Gate(.calm, Self.both(Script.messages))
        let reply = try gate.ask(.chat(more: #","n":2"#))
        #expect(reply.status == 200)
        #expect(reply["x-tokenhub-provider"] == "beta")
        #expect(reply["x-tokenhub-attempts"] == "1")
        #expect(reply["x-tokenhub-relay"] == "exact")
        try gate.finish()
    }

    // MARK: Failures

    @Test(arguments: Kernel.present, [false, true])
    func aProviderOfAnotherWireAnswersInPlaceOfOneThatFails(kernel: Kernel, stream: Bool) throws {
        let dies = Script.onRequest { server in
            server.send(Script.streamHead + Script.messageEvents[0] + Script.messageEvents[1])
            server.finish()
        }
        // From the Messages wire to that of chat.
        let first = try Gate(kernel, Self.both(dies))
        let reply = try first.ask(.messages(stream: stream))
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply["x-tokenhub-provider"] == "beta")
        #expect(reply["x-tokenhub-relay"] == "translated")
        #expect(reply["x-tokenhub-attempts"] == "2")
        if stream { #expect(types(reply).filter { $0 == "message_start" }.count == 1) }
        try first.finish()

        // And back, with the words of the one that was translated and did not answer forgotten.
        var plan = Plan.two(.status(500, retryAfterSeconds: nil))
        plan.stands[1].dialect = .anthropic
        plan.stands[1].script = Script.messages
        let second = try Gate(kernel, plan)
        let chat = try second.ask(.chat(stream: stream))
        #expect(chat["x-tokenhub-provider"] == "beta")
        #expect(chat["x-tokenhub-relay"] == "translated")
        #expect(chat.text.contains("Hello"))
        try second.finish()
    }

    @Test(arguments: Kernel.simulated, [false, true])
    func theSecondOfTwoWiresAnswersWhereTheFirstIsSlow(kernel: Kernel, stream: Bool) throws {
        for isAnthropicSlow in [false, true] {
            var plan = isAnthropicSlow ? Self.both({ _ in }) : Plan.two()
            if !isAnthropicSlow {
                plan.stands[0].profile.timeToFirst = .constant(nanoseconds: 9_000_000_000)
                plan.stands[1].dialect = .anthropic
                plan.stands[1].script = Script.messages
            }
            for index in plan.models.indices { plan.models[index].prices = Prices(inputPer1K: 0, outputPer1K: 0) }
            plan.settings.policy.mode = .highConfidence
            plan.settings.hedging.delay = .milliseconds(200)
            let gate = try Gate(kernel, plan)
            let reply = try gate.ask(.chat(stream: stream, model: nil))
            #expect(reply.status == 200, gate.place)
            #expect(reply["x-tokenhub-reason"] == "hedged-dispatch", gate.place)
            #expect(reply["x-tokenhub-provider"] == "beta", gate.place)
            #expect(reply["x-tokenhub-relay"] == (isAnthropicSlow ? "exact" : "translated"), gate.place)
            if stream { #expect(reply.events.last == "[DONE]") }
            try gate.finish()
        }
    }

    @Test(arguments: ["messages", "responses", "chat"])
    func aStreamThatBreaksIsToldInTheClientsDialect(client: String) throws {
        var plan = Plan.one(.cut(afterEvents: 3))
        let ask: Ask
        switch client {
        case "messages": ask = .messages(stream: true)
        case "responses": ask = .responses(stream: true)
        default:
            ask = .chat(stream: true)
            plan = Self.anthropic(
                Script.onRequest { server in
                    server.send(Script.streamHead + Script.messageEvents[0..<4].joined())
                    server.finish()
                })
        }
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask)
        #expect(reply.status == 200)
        let last = try #require(reply.events.last)
        switch client {
        case "messages":
            #expect(reply.text.contains("event: error\ndata: "))
            #expect(Reply.error("type", in: last) == "api_error", "\(last)")
        case "responses":
            #expect(types(reply).last == "response.failed", "\(last)")
        default:
            #expect(Reply.error("type", in: last) == "server_error", "\(last)")
            #expect(!reply.text.contains("[DONE]"))
        }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 502)
        #expect(row.record.usage.outputTokens > 0)
        try gate.finish()
    }

    @Test func aRefusalComesInTheClientsShapeWithTheProvidersWords() throws {
        let words = #"{"type":"error","error":{"type":"invalid_request_error","message":"tools.0: bad \"name\""}}"#
        let gate = try Gate(.calm, Self.anthropic(Script.always(Script.whole(words, status: "400 Bad Request"))))
        let chat = try gate.ask(.chat())
        #expect(chat.status == 400)
        #expect(chat.error("type") == "invalid_request_error")
        #expect(chat.error("message") == "tools.0: bad \"name\"")
        #expect(chat["x-tokenhub-relay"] == "translated")
        let exact = try gate.ask(.messages())
        #expect(exact.text == words)
        try gate.finish()

        let openAI = try Gate(.calm, .one(.status(422, retryAfterSeconds: nil)))
        let message = try openAI.ask(.messages())
        #expect(message.status == 422)
        #expect(message.value("type") == "error")
        #expect(message.error("type") == "invalid_request_error")
        #expect(message.error("message") == "the simulated provider failed on command")
        try openAI.finish()
    }

    @Test func aPromptThatIsTooLongIsToldAsTheClientExpectsIt() throws {
        let words = #"{"error":{"message":"maximum context length is 8 tokens","code":"context_length_exceeded"}}"#
        var plan = Plan()
        plan.stands[0].script = Script.always(Script.whole(words, status: "400 Bad Request"))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.messages())
        #expect(reply.status == 400)
        #expect(reply.error("message") == "prompt is too long: maximum context length is 8 tokens")
        try gate.finish()
    }

    // MARK: Waiting

    @Test func aTranslatedStreamIsKeptAliveBeforeItHasContent() throws {
        var plan = Plan()
        plan.stands[0].profile.timeToFirst = .constant(nanoseconds: 25_000_000_000)
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(.messages(stream: true))
        try gate.pass(milliseconds: 15_100)
        #expect(client.partial?.text == ": keep-alive\n\n")
        #expect(client.partial?["request-id"] != nil)
        let reply = try gate.reply(to: client)
        #expect(types(reply).first == "message_start")
        #expect(types(reply).last == "message_stop")
        try gate.finish()
    }

    @Test func whoLeavesATranslatedStreamPaysForWhatCame() throws {
        var provider: Client?
        let plan = Self.anthropic(
            Script.onRequest { server in
                provider = server
                server.send(Script.streamHead + Script.messageEvents[0..<4].joined())
            })
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(.chat(stream: true))
        try gate.until("content") { client.partial?.text.contains("Hello") == true }
        client.close(abort: true)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 499)
        #expect(row.record.usage.inputTokens == 7)
        #expect(row.record.usage.outputTokens > 0)
        try gate.until("the provider told") { provider?.isOver == true }
        try gate.finish()
    }

    @Test func whoReadsSlowlyStopsTheProviderOfAnotherWireToo() throws {
        let text = String(repeating: "word ", count: 200)
        let delta = Script.messageEvents[3].replacing("Hello", with: text)
        let events = Script.messageEvents[0..<3] + Array(repeating: delta, count: 4000) + Script.messageEvents[4...]
        let gate = try Gate(.calm, Self.anthropic(Script.always(Script.stream(Array(events)))))
        let client = try gate.connect()
        client.isReading = false
        client.send(.chat(stream: true))
        try gate.pass(milliseconds: 2_000)
        let paused = gate.loop.counters.receivedBytes
        try gate.pass(milliseconds: 2_000)
        #expect(gate.loop.counters.receivedBytes == paused)
        #expect(paused < 3_000_000, "\(paused)")
        client.isReading = true
        let reply = try gate.reply(to: client)
        #expect(reply.events.last == "[DONE]")
        #expect(reply.body.count > 4000 * text.utf8.count)
        try gate.finish()
    }

    // MARK: Counting

    @Test func tokensAreCountedByWhoCanAndEstimatedElse() throws {
        func count(_ plan: Plan) throws -> (Reply, Gate) {
            var ask = Ask.messages(content: String(repeating: "word ", count: 100))
            ask.path = "/v1/messages/count_tokens"
            let gate = try Gate(.calm, plan)
            return (try gate.ask(ask), gate)
        }
        let (exact, provider) = try count(Self.anthropic(Script.always(Script.whole(#"{"input_tokens":14}"#))))
        #expect(exact.text == #"{"input_tokens":14}"#)
        #expect(exact["x-tokenhub-estimated"] == nil)
        #expect(exact["x-tokenhub-relay"] == "exact")
        let row = try provider.settledRows(1)[0]
        #expect(row.record.costNanoUSD == 0)
        #expect(row.error == "")
        try provider.finish()

        let plans = [
            Plan(), Self.anthropic(Script.always(Script.whole("{}"))),
            Self.anthropic(Script.always(Script.whole("{}", status: "500 Internal Server Error"))),
        ]
        for plan in plans {
            let (reply, gate) = try count(plan)
            #expect(reply.status == 200)
            #expect(reply["x-tokenhub-estimated"] == "true")
            #expect(reply["request-id"] != nil)
            let tokens = try #require(Int(reply.value("input_tokens") ?? ""))
            #expect((90...160).contains(tokens), "\(tokens)")
            #expect(try gate.settledRows(1)[0].error == "")
            try gate.finish()
        }
    }
}
