import Sim
import Testing
import Wire

struct SimMessagesTests {
    static let version = "anthropic-version: 2023-06-01\r\n"
    static let tools = #"""
        ,"tools":[{"name":"one","input_schema":{"type":"object","properties":{"a":{"type":"integer"}}}},\#
        {"name":"two","input_schema":{"type":"object"}}]
        """#

    /// A request of Messages.
    static func request(_ more: String = "", content: String = "hello", bound: Int = 4096) -> String {
        #"{"model":"claude","max_tokens":\#(bound),"messages":[{"role":"user","content":"\#(content)"}]\#(more)}"#
    }

    static func played(_ body: String, headers: String = "", path: String = "/v1/messages") -> Played {
        Played(body, path: path, headers: version + headers)
    }

    @Test func aMessageHasItsShape() throws {
        let played = SimMessagesTests.played(SimMessagesTests.request())
        let answer = try #require(played.answer)
        #expect(answer.status == 200 && answer.isComplete)
        #expect(answer.head.contains("request-id: req_sim_"))
        #expect(value("type", of: answer.text) == "message")
        #expect(value("content.0.type", of: answer.text) == "text")
        #expect(value("stop_reason", of: answer.text) == "end_turn")
        #expect(value("stop_sequence", of: answer.text) == "null")
        #expect(value("usage.output_tokens", of: answer.text) == "16")
    }

    @Test func aStreamAddsUpToTheMessage() throws {
        for headers in ["", "x-sim-reasoning: 5\r\n", "x-sim-tool: 3\r\n", "x-sim-tokens: 0\r\n", "x-sim-cuts: 4\r\n"] {
            let body = SimMessagesTests.request(SimMessagesTests.tools)
            let whole = try #require(SimMessagesTests.played(body, headers: headers).answer).text
            let streamed = SimMessagesTests.request(SimMessagesTests.tools + #","stream":true"#)
            let data = events(try #require(SimMessagesTests.played(streamed, headers: headers).answer).payload)
            #expect(data.allSatisfy(isJSON))
            let types = data.compactMap { value("type", of: $0) }
            #expect(types.first == "message_start" && types.last == "message_stop")
            #expect(
                types.filter { $0 == "content_block_start" }.count == types.filter { $0 == "content_block_stop" }.count)
            func joined(_ path: StaticString) -> String { data.compactMap { value(path, of: $0) }.joined() }
            func said(_ path: StaticString) -> String { value(path, of: whole) ?? "" }
            #expect(joined("delta.stop_reason") == said("stop_reason"))
            if headers.contains("tool") {
                #expect(
                    joined("delta.partial_json") == said("content.0.input") + said("content.1.input")
                        + said("content.2.input"))
                #expect(said("content.2.name") == "one")
            } else if headers.contains("reasoning") {
                #expect(joined("delta.thinking") == said("content.0.thinking"))
                #expect(joined("delta.signature") == said("content.0.signature"))
                #expect(joined("delta.text") == said("content.1.text"))
            } else {
                #expect(joined("delta.text") == said("content.0.text"))
            }
        }
    }

    @Test func whatIsCachedIsNoInput() throws {
        let content = String(repeating: "word ", count: 100)
        let plain = SimMessagesTests.played(SimMessagesTests.request(content: content)).answer?.text ?? ""
        let headers = "x-sim-cached: 10\r\nx-sim-cache-write: 5\r\n"
        let text =
            SimMessagesTests.played(SimMessagesTests.request(content: content), headers: headers).answer?.text ?? ""
        let whole = try #require(value("usage.input_tokens", of: plain).flatMap { Int($0) })
        #expect(value("usage.cache_read_input_tokens", of: text) == "10")
        #expect(value("usage.cache_creation_input_tokens", of: text) == "5")
        #expect(value("usage.input_tokens", of: text) == "\(whole - 15)")
    }

    @Test func tokensAreCounted() {
        let body = #"{"model":"claude","messages":[{"role":"user","content":"hello"}]}"#
        let answer = SimMessagesTests.played(body, path: "/v1/messages/count_tokens").answer
        #expect(answer?.status == 200)
        #expect(value("input_tokens", of: answer?.text ?? "").flatMap { Int($0) } ?? 0 > 0)
    }

    @Test func reasonsToEndAreTold() {
        func reason(_ headers: String, _ more: String = "", bound: Int = 4096) -> String? {
            let body = SimMessagesTests.request(more, bound: bound)
            return SimMessagesTests.played(body, headers: headers).answer.flatMap { value("stop_reason", of: $0.text) }
        }
        #expect(reason("", bound: 3) == "max_tokens")
        #expect(reason("x-sim-finish: filter\r\n") == "refusal")
        #expect(reason("x-sim-finish: sequence\r\n", #","stop_sequences":["END"]"#) == "stop_sequence")
        #expect(reason("x-sim-tool: 1\r\n", SimMessagesTests.tools) == "tool_use")
    }

    @Test func errorsHaveTheirWords() {
        let statuses = [
            (400, "invalid_request_error"), (401, "authentication_error"), (402, "billing_error"),
            (403, "permission_error"),
            (404, "not_found_error"), (413, "request_too_large"), (429, "rate_limit_error"), (500, "api_error"),
            (504, "timeout_error"), (529, "overloaded_error"),
        ]
        for (status, type) in statuses {
            let answer = SimMessagesTests.played(SimMessagesTests.request(), headers: "x-sim-fault: \(status):2\r\n")
                .answer
            #expect(answer?.status == status)
            #expect(answer?.head.contains("Retry-After: 2") == true)
            #expect(value("type", of: answer?.text ?? "") == "error")
            #expect(value("error.type", of: answer?.text ?? "") == type)
        }
        let spent = SimMessagesTests.played(SimMessagesTests.request(), headers: "x-sim-fault: insufficient_quota\r\n")
            .answer
        #expect(value("error.details.error_code", of: spent?.text ?? "") == "enforced_spend_limit_reached")
        #expect(spent?.head.contains("Retry-After") == false)
    }

    @Test func faultsStrikeBetweenEvents() throws {
        let body = SimMessagesTests.request(#","stream":true"#)
        for (fault, last) in [("cut:3", "content_block_delta"), ("error-event:3", "error")] {
            let answer = try #require(SimMessagesTests.played(body, headers: "x-sim-fault: \(fault)\r\n").answer)
            let types = events(answer.payload).compactMap { value("type", of: $0) }
            #expect(answer.isComplete)
            #expect(types.last == last)
            #expect(types.filter { $0 == "content_block_delta" }.count == 3)
        }
        let half = try #require(SimMessagesTests.played(body, headers: "x-sim-fault: malformed:2\r\n").answer)
        #expect(events(half.payload).filter { !isJSON($0) }.count == 1)
        let huge = try #require(SimMessagesTests.played(body, headers: "x-sim-fault: huge-event:9000\r\n").answer)
        #expect(events(huge.payload).contains { value("delta.text", of: $0)?.utf8.count == 9000 })
    }
}
