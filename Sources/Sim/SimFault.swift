// What the simulated provider does wrong when told to.

/// A fault, written `name` or `name:argument`, in the header `x-sim-fault` or in a profile.
///
/// `afterEvents` counts content events of a stream; 0 strikes before the first byte. For a whole answer any number above
/// 0 strikes in the middle of the body.
package enum SimFault: Equatable, Sendable {
    case none
    /// `400` … `599`, `429:7`: an error answer, with Retry-After when seconds are given.
    case status(Int, retryAfterSeconds: Int?)
    /// `context_length_exceeded`: the 400 of a prompt that is too long.
    case contextLength
    /// `insufficient_quota`: the 429 of an account without money.
    case quota
    /// `stall`, `stall:3`
    case stall(afterEvents: Int)
    /// `stall-head`: status and headers, then silence.
    case stallAfterHead
    /// `reset`, `reset:3`: RST.
    case reset(afterEvents: Int)
    /// `close`, `close:3`: FIN without the end of the framing.
    case close(afterEvents: Int)
    /// `cut`, `cut:3`: the framing ends well, but the stream has no finish reason and no `[DONE]`.
    case cut(afterEvents: Int)
    /// `error-event`, `error-event:3`: an error object as an event of the stream, then its end.
    case errorEvent(afterEvents: Int)
    /// `malformed`, `malformed:3`: half a JSON text as the body or as an event; the stream goes on.
    case malformed(afterEvents: Int)
    /// `bad-chunk`, `bad-chunk:3`: a chunk size that is no number.
    case badChunk(afterEvents: Int)
    /// `huge-event:1000000`: one event with that many content bytes before the first ordinary one.
    case hugeEvent(bytes: Int)
    /// `comments:5`: that many comment lines before the first event.
    case comments(count: Int)
    /// `empty`: 200 without a body.
    case emptyBody
    /// `empty-object`: 200 with `{}`.
    case emptyObject
    /// `error-object`: 200 with an error object.
    case errorObject
    /// `html`: 200 with a web page.
    case html
    /// `drip:20`: one byte, then that many milliseconds.
    case drip(milliseconds: Int)
    /// `redirect`: 307 to another origin.
    case redirect
    /// `garbage`: bytes that are not HTTP.
    case garbage
    /// `wrong-length:-5`: Content-Length is off by that much; the connection closes after the body.
    case wrongLength(by: Int)

    /// Reads `name` or `name:argument`; `nil` for an unknown name or an argument that is not a small number.
    package init?(parsing text: Span<UInt8>) {
        var name = text
        var argument: Int?
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: ":") {
                name = text.extracting(0..<index)
                guard let number = SimFault.number(text.extracting((index + 1)...)) else { return nil }
                argument = number
                break
            }
            index += 1
        }
        if let status = SimFault.number(name) {
            guard (400...599).contains(status), (argument ?? 0) >= 0 else { return nil }
            self = .status(status, retryAfterSeconds: argument)
            return
        }
        guard (argument ?? 0) >= 0 || SimFault.spells(name, "wrong-length") else { return nil }
        for (known, make) in SimFault.names where SimFault.spells(name, known) {
            self = make(argument)
            return
        }
        return nil
    }

    private static let names: [(StaticString, @Sendable (Int?) -> SimFault)] = [
        ("none", { _ in .none }),
        ("context_length_exceeded", { _ in .contextLength }),
        ("insufficient_quota", { _ in .quota }),
        ("stall", { .stall(afterEvents: $0 ?? 0) }),
        ("stall-head", { _ in .stallAfterHead }),
        ("reset", { .reset(afterEvents: $0 ?? 0) }),
        ("close", { .close(afterEvents: $0 ?? 0) }),
        ("cut", { .cut(afterEvents: $0 ?? 1) }),
        ("error-event", { .errorEvent(afterEvents: $0 ?? 1) }),
        ("malformed", { .malformed(afterEvents: $0 ?? 1) }),
        ("bad-chunk", { .badChunk(afterEvents: $0 ?? 1) }),
        ("huge-event", { .hugeEvent(bytes: $0 ?? 1 << 20) }),
        ("comments", { .comments(count: $0 ?? 1) }),
        ("empty", { _ in .emptyBody }),
        ("empty-object", { _ in .emptyObject }),
        ("error-object", { _ in .errorObject }),
        ("html", { _ in .html }),
        ("drip", { .drip(milliseconds: $0 ?? 1) }),
        ("redirect", { _ in .redirect }),
        ("garbage", { _ in .garbage }),
        ("wrong-length", { .wrongLength(by: $0 ?? 1) }),
    ]

    private static func spells(_ text: Span<UInt8>, _ name: StaticString) -> Bool {
        SimBytes.equal(text, name)
    }

    private static func number(_ text: Span<UInt8>) -> Int? { SimBytes.number(text) }
}

extension SimFault {
    /// Content events before a fault in the middle of a stream; `nil` for faults of another kind.
    var afterEvents: Int? {
        switch self {
        case .stall(let after), .reset(let after), .close(let after), .cut(let after), .errorEvent(let after),
            .malformed(let after), .badChunk(let after):
            after
        case .hugeEvent: 0
        case .none, .status, .contextLength, .quota, .stallAfterHead, .comments, .emptyBody, .emptyObject, .errorObject,
            .html, .drip, .redirect, .garbage, .wrongLength:
            nil
        }
    }

    /// How the connection ends when this fault ends it.
    var ending: SimStep {
        switch self {
        case .stall, .stallAfterHead: .stall
        case .reset: .reset
        case .none, .status, .contextLength, .quota, .close, .cut, .errorEvent, .malformed, .badChunk, .hugeEvent,
            .comments, .emptyBody, .emptyObject, .errorObject, .html, .drip, .redirect, .garbage, .wrongLength:
            .close
        }
    }
}
