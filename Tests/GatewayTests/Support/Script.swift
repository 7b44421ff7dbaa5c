// Providers that answer what a test tells them to.

import Wire

enum Script {
    /// A small answer that is one.
    static let answer = #"{"id":"a","choices":[{"message":{"content":"b"}}]}"#

    /// An answer with its head.
    static func whole(_ body: String = answer, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// An answer of the Messages wire, whole and as a stream.
    static let message =
        #"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hello there"}],"#
        + #""stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":3}}"#
    static let messageEvents: [String] = [
        event(
            "message_start",
            #","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"#
                + #""stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":1}}"#),
        event("content_block_start", #","index":0,"content_block":{"type":"text","text":""}"#), event("ping", ""),
        event("content_block_delta", #","index":0,"delta":{"type":"text_delta","text":"Hello"}"#),
        event("content_block_delta", #","index":0,"delta":{"type":"text_delta","text":" there"}"#),
        event("content_block_stop", #","index":0"#),
        event(
            "message_delta",
            #","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}"#),
        event("message_stop", ""),
    ]

    private static func event(_ type: String, _ more: String) -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(more)}\n\n"
    }

    /// The head of a stream that ends with its connection.
    static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    /// A whole stream.
    static func stream(_ events: [String] = messageEvents) -> String {
        let body = events.joined()
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A provider of the Messages wire.
    static var messages: (Client) -> Void {
        onRequest { server in
            let asksForStream = String(decoding: server.received, as: UTF8.self).contains(#""stream":true"#)
            server.send(asksForStream ? stream() : whole(message))
        }
    }

    /// Answers every request with the same bytes.
    static func always(_ answer: String) -> (Client) -> Void { onRequest { $0.send(answer) } }

    /// Calls `answer` for every whole request on a connection.
    static func onRequest(_ answer: @escaping (Client) -> Void) -> (Client) -> Void {
        { server in
            var seen = 0
            server.onChange = { server in
                while let length = requestBytes(server.received.dropFirst(seen)) {
                    seen += length
                    answer(server)
                }
            }
        }
    }

    /// Bytes of the request that stands whole at the front; nil while it does not.
    private static func requestBytes(_ received: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(received)
        var parser = RequestParser()
        guard !bytes.isEmpty, let head = (try? parser.parse(bytes.span, scanned: 0)) ?? nil else { return nil }
        if case .none = parser.framing { return head }
        guard case .length(let body) = parser.framing, bytes.count >= head + body else { return nil }
        return head + body
    }
}
