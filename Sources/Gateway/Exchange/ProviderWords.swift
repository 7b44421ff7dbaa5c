// What a provider says is wrong with a request.

internal import Wire

/// Places in the body of an error answer, whatever its shape.
struct ProviderWords {
    /// The sentence as a JSON string, quotes included; empty when there is none.
    private var message = ByteRange.none
    /// The insides of `error.param` and `error.code` as written; empty where they are no plain strings.
    private(set) var param = ByteRange.none
    private(set) var code = ByteRange.none

    init(_ body: Span<UInt8>) {
        guard (try? JSONScan.validate(body)) != nil else { return }
        let whole = ByteRange(0, body.count)
        // OpenAI and Anthropic; Mistral; FastAPI; Ollama.
        let places: [StaticString] = ["error.message", "message", "detail", "error"]
        for place in places where message.isEmpty {
            if let found = JSONScan.find(place, in: body, from: whole), found.kind == .string { message = found.value }
        }
        param = ProviderWords.word("error.param", in: body)
        code = ProviderWords.word("error.code", in: body)
    }

    var hasMessage: Bool { !message.isEmpty }

    /// Appends the sentence, or the whole body where it has none.
    func writeMessage(of body: Span<UInt8>, into out: inout ByteBuffer) {
        let before = out.count
        if !message.isEmpty { _ = JSONScan.unescape(body, message, into: &out) }
        if out.count == before { out.append(body) }
    }

    private static func word(_ place: StaticString, in body: Span<UInt8>) -> ByteRange {
        guard let found = JSONScan.find(place, in: body, from: ByteRange(0, body.count)), found.kind == .string else {
            return .none
        }
        let inside = ByteRange(Int(found.value.start) + 1, Int(found.value.end) - 1)
        return ByteScan.first(ASCII.backslash, in: body.extracting(inside), from: 0) < inside.count ? .none : inside
    }
}
