import Sim
import Testing
import Wire

struct SimAnyRequestTests {
    /// Requests made of damaged ones: whatever arrives is answered, never trapped on, and well framed unless told otherwise.
    @Test func anyRequestIsAnswered() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SimRandom(seed: seed)
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let paths = [
            "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/models", "/v1/models/x", "/health", "/",
            "/v1/messages", "/v1/messages/count_tokens", "/v1/responses", "/v1/moderations",
        ]
        let seeds = [
            chat(#","stream":true,"n":2,"stream_options":{"include_usage":true}"#), chat(SimScriptTests.tools),
            #"{"model":"m","input":["a",[1,2],"b"],"dimensions":3,"encoding_format":"base64"}"#,
            #"{"model":"m","prompt":["x"],"max_tokens":3,"stream":true}"#,
            chat(#","response_format":{"type":"json_schema","json_schema":{"schema":{"type":"array","items":{}}}}"#),
            SimMessagesTests.request(SimMessagesTests.tools + #","stream":true,"thinking":{"type":"adaptive"}"#),
            SimMessagesTests.request(content: "[[x-sim-tool: 2; x-sim-redacted: 1]]"),
            #"{"model":"m","stream":true,"input":[{"role":"user","content":[{"type":"input_text","text":"x"}]}]}"#,
        ].map { Array($0.utf8) }
        let noise = Array(#"{}[]",:\0-1e n"#.utf8)
        let faults = [
            "none", "500", "stall:1", "reset:2", "cut:1", "malformed:1", "drip:0", "comments:2", "huge-event:5000",
            "wrong-length:3", "error-event:0", "bad-chunk:0", "empty", "garbage", "redirect", "html",
        ]
        for round in 0..<3_000 {
            var body = seeds[below(seeds.count)]
            for _ in 0..<below(4) {
                let at = below(body.count)
                switch below(3) {
                case 0: body[at] = noise[below(noise.count)]
                case 1: body.remove(at: at)
                default: body.insert(noise[below(noise.count)], at: at)
                }
            }
            let fault = faults[below(faults.count)]
            let headers =
                "x-sim-fault: \(fault)\r\nx-sim-tokens: \(below(20))\r\nx-sim-chunk-bytes: \(below(3) * 5)\r\n"
                + "x-sim-tool: \(below(3))\r\nx-sim-reasoning: \(below(3))\r\nanthropic-version: 1\r\nx-sim-echo: \(["no", "head", "body"][below(3)])\r\n"
            let method = below(10) == 0 ? "GET" : "POST"
            let text = String(decoding: body, as: UTF8.self)
            let played = Played(text, path: paths[below(paths.count)], method: method, headers: headers, seed: seed)
            if fault == "none" || fault == "drip:0" || fault == "comments:2" {
                #expect(played.end == .finished, "seed \(seed), round \(round)")
                #expect(played.answer?.isComplete == true, "seed \(seed), round \(round): \(text)")
            }
            if played.answer?.status != 200, played.end == .finished, fault != "redirect" {
                #expect(isJSON(played.answer?.text ?? ""), "seed \(seed), round \(round): \(played.text)")
            }
        }
    }
}
