// A request, taken apart.

import Wire

/// Takes a conversation apart into calls: `ended` comes last, the others as they stand, and what belongs to a turn
/// between its `turnBegan` and `turnEnded`. A result is the user's; the last setting of a kind counts.
///
/// Every `raw` is the inside of a JSON string as written, every `json` a whole value; both are valid and live during
/// the call only. `cache` is the value of `cache_control`, empty without one.
protocol PromptSink: ~Copyable {
    mutating func setting(
        _ setting: PromptSetting, _ json: Span<UInt8>, _ kind: JSONKind) throws(TranslationFault)
    mutating func stop(_ raw: Span<UInt8>)
    mutating func toolChoice(_ choice: ToolChoice, name: Span<UInt8>)
    /// - Parameter schema: an object; empty when any JSON object will do.
    mutating func format(name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool)
    /// - Parameter budgetTokens: as the client counts it; 0 where it does not.
    mutating func effort(_ effort: Effort, budgetTokens: Int)
    mutating func system(_ raw: Span<UInt8>, cache: Span<UInt8>)
    mutating func turnBegan(_ role: PromptRole)
    mutating func text(_ raw: Span<UInt8>, cache: Span<UInt8>)
    /// - Parameter detail: how closely to look at it; empty where that is not said.
    mutating func image(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, detail: Span<UInt8>, cache: Span<UInt8>)
    mutating func document(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, name: Span<UInt8>, cache: Span<UInt8>)
    mutating func refusal(_ raw: Span<UInt8>)
    /// - Parameter signature: empty when the reasoning cannot be proved to its provider.
    mutating func reasoning(_ raw: Span<UInt8>, signature: Span<UInt8>)
    mutating func redactedReasoning(_ raw: Span<UInt8>)
    /// - Parameter arguments: the text of a JSON value, escaped once more as the inside of a string.
    mutating func call(id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>, cache: Span<UInt8>)
    /// Texts and images up to `resultEnded` are the result's.
    mutating func resultBegan(id: Span<UInt8>, isError: Bool, cache: Span<UInt8>)
    mutating func resultEnded()
    mutating func turnEnded()
    /// - Parameter schema: an object; empty for a tool without parameters.
    /// - Parameter isFreeform: it takes text, not JSON.
    mutating func tool(
        name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool, isFreeform: Bool,
        cache: Span<UInt8>)
    /// A member or part that no other wire has a place for.
    mutating func unknown(_ path: StaticString, _ member: Span<UInt8>)
    mutating func ended() throws(TranslationFault)
}

extension PromptSink where Self: ~Copyable {
    /// Who asks, for which two members of a wire are one setting: the last counts, and another one before it is lost.
    /// - Parameter last: the one before.
    mutating func user(
        _ member: JSONMember, behind last: inout JSONMember?, in body: Span<UInt8>
    ) throws(TranslationFault) {
        if let last, !PromptJSON.isVoid(last), !PromptJSON.isSame(last, member, in: body) {
            unknown("", body.extracting(last.name))
        }
        last = member
        try setting(.user, body.extracting(member.value), member.kind)
    }

    /// An image behind an address, which may hold the image itself.
    /// - Parameter url: the inside of a string.
    mutating func image(at url: ByteRange, detail: ByteRange, cache: ByteRange, in body: Span<UInt8>) {
        let (detail, cache) = (body.extracting(detail), body.extracting(cache))
        if let (mediaType, data) = PromptJSON.data(url, in: body) {
            image(
                .base64, body.extracting(data), mediaType: body.extracting(mediaType), detail: detail, cache: cache)
        } else {
            image(.url, body.extracting(url), mediaType: Span(), detail: detail, cache: cache)
        }
    }
}
