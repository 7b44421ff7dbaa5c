// How answers and log lines name a model and its provider: written once, when a snapshot is made.

struct ModelNames: Sendable {
    /// The lines of an answer's head.
    let headerLines: [UInt8]
    /// The members of a log line.
    let logMembers: [UInt8]

    init(_ model: ModelEntry, of provider: ProviderEntry) {
        let value = HeaderValue.of(model.id)
        headerLines =
            Array("x-tokenhub-model: ".utf8) + value + Array("\r\nX-Negotiated-Model: ".utf8) + value
            + Array("\r\nx-tokenhub-provider: ".utf8) + HeaderValue.of(provider.id) + [13, 10]
        logMembers =
            Array(",\"model\":".utf8) + JSONLiteral.of(model.id) + Array(",\"provider\":".utf8)
            + JSONLiteral.of(provider.id)
    }
}
