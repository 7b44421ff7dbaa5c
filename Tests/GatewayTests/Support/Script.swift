// Providers that answer what a test tells them to.

import Wire

enum Script {
    /// A small answer that is one.
    static let answer = #"{"id":"a","choices":[{"message":{"content":"b"}}]}"#

    /// An answer with its head.
    static func whole(_ body: String = answer, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
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
