import Wire

@testable import Adapters

/// Writes down what a reader of requests tells, a line per call.
struct PromptRecorder: PromptSink {
    var lines: [String] = []

    mutating func setting(_ setting: PromptSetting, _ json: Span<UInt8>, _ kind: JSONKind) throws(TranslationFault) {
        lines.append("\(setting) " + AdaptersTests.text(json))
    }

    mutating func stop(_ raw: Span<UInt8>) { say("stop", raw) }

    mutating func toolChoice(_ choice: ToolChoice, name: Span<UInt8>) { say("toolChoice \(choice)", name) }

    mutating func format(name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool) {
        say("format\(isStrict ? " strict" : "")", name, description, schema)
    }

    mutating func effort(_ effort: Effort, budgetTokens: Int) { lines.append("effort \(effort) \(budgetTokens)") }

    mutating func system(_ raw: Span<UInt8>, cache: Span<UInt8>) { say("system", raw, cache) }

    mutating func turnBegan(_ role: PromptRole) { lines.append("\(role)") }

    mutating func text(_ raw: Span<UInt8>, cache: Span<UInt8>) { say(" text", raw, cache) }

    mutating func image(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, detail: Span<UInt8>, cache: Span<UInt8>
    ) {
        say(" image \(source)", mediaType, raw, detail)
    }

    mutating func document(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, name: Span<UInt8>, cache: Span<UInt8>
    ) {
        say(" document \(source)", mediaType, name, raw)
    }

    mutating func refusal(_ raw: Span<UInt8>) { say(" refusal", raw) }

    mutating func reasoning(_ raw: Span<UInt8>, signature: Span<UInt8>) { say(" reasoning", raw, signature) }

    mutating func redactedReasoning(_ raw: Span<UInt8>) { say(" redacted", raw) }

    mutating func call(id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>, cache: Span<UInt8>) {
        say(" call", id, name, arguments)
    }

    mutating func resultBegan(id: Span<UInt8>, isError: Bool, cache: Span<UInt8>) {
        say(" result\(isError ? " error" : "")", id)
    }

    mutating func resultEnded() { lines.append(" end") }

    mutating func turnEnded() { lines.append("end") }

    mutating func tool(
        name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool, isFreeform: Bool,
        cache: Span<UInt8>
    ) {
        say("tool\(isStrict ? " strict" : "")\(isFreeform ? " freeform" : "")", name, description, schema)
    }

    mutating func unknown(_ path: StaticString, _ member: Span<UInt8>) {
        lines.append("dropped \(path)" + AdaptersTests.text(member))
    }

    mutating func ended() throws(TranslationFault) { lines.append("ended") }

    private mutating func say(
        _ word: String, _ first: Span<UInt8>, _ second: Span<UInt8> = Span(), _ third: Span<UInt8> = Span()
    ) {
        var line = word
        for part in [AdaptersTests.text(first), AdaptersTests.text(second), AdaptersTests.text(third)]
        where !part.isEmpty {
            line += " " + part
        }
        lines.append(line)
    }
}
