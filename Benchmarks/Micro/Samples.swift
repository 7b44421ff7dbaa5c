/// What the benchmarks read: messages as SDKs and providers send them.
enum Samples {
    static let requestHead = Array(
        """
        POST /v1/chat/completions HTTP/1.1\r
        Host: 127.0.0.1:8090\r
        Accept-Encoding: gzip, deflate\r
        Connection: keep-alive\r
        Accept: application/json\r
        Content-Type: application/json\r
        User-Agent: OpenAI/Python 3.54.0\r
        Authorization: Bearer tokenhub_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\r
        X-Stainless-Lang: python\r
        X-Stainless-Runtime: CPython\r
        x-stainless-retry-count: 0\r
        Content-Length: 271\r
        \r

        """.utf8)

    static let answerHead = Array(
        """
        HTTP/1.1 200 OK\r
        Date: Sun, 06 Nov 1994 08:49:37 GMT\r
        Content-Type: application/json\r
        Content-Length: 812\r
        Connection: keep-alive\r
        openai-processing-ms: 412\r
        openai-version: 2020-10-01\r
        x-request-id: req_0123456789abcdef\r
        x-ratelimit-limit-requests: 10000\r
        x-ratelimit-remaining-requests: 9999\r
        \r

        """.utf8)

    static let smallChat = Array(
        #"{"model":"gpt-4o-mini","temperature":0.2,"max_tokens":64,"messages":[{"role":"system","content":"Answer briefly."},{"role":"user","content":"What is a \"gateway\"?\nOne line."}],"stream":true,"stream_options":{"include_usage":true},"user":"u-123"}"#
            .utf8)

    /// A conversation of about 100 KB, with an escape or a quote every few dozen bytes.
    static let longChat: [UInt8] = {
        let line =
            #"The \"gateway\" reads bytes and hands them on;\nnothing is lost between two sockets \u2014 caf\u00e9. "#
        let turns = (0..<40).map { turn in
            #"{"role":"\#(turn % 2 == 0 ? "user" : "assistant")","content":"\#(String(repeating: line, count: 25))"}"#
        }
        return Array(#"{"model":"gpt-4o","messages":[\#(turns.joined(separator: ","))],"stream":true}"#.utf8)
    }()

    static let answer = Array(
        #"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"A gateway stands between two networks.","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":8,"total_tokens":32,"prompt_tokens_details":{"cached_tokens":0}}}"#
            .utf8)

    static let event = Array(
        (#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}]}"#
            + "\n\n").utf8)

    static let eventCount = 64
    /// So many events in a row.
    static let events = (0..<eventCount).flatMap { _ in event }
    /// The same, an event a chunk.
    static let chunkedEvents =
        (0..<eventCount).flatMap { _ in Array("\(String(event.count, radix: 16))\r\n".utf8) + event + [13, 10] }
        + Array("0\r\n\r\n".utf8)
}
