// The dialects providers speak, as a closed set.

package import Wire

/// The dialect of one configured provider. Adding one touches its folder and this enum.
package enum Provider: Equatable, Sendable, CaseIterable {
    case openAI, anthropic, vllm
    /// The simulated provider: the OpenAI wire, and the only one that `x-sim-*` headers are handed to.
    case sim
    /// A copy of the OpenAI wire.
    case compatible(Preset)

    package static let allCases: [Provider] =
        [.openAI, .anthropic, .vllm, .sim] + Preset.allCases.map { .compatible($0) }

    /// Reads the `type` of a provider's configuration; empty is OpenAI.
    package init?(type: Span<UInt8>) {
        if type.isEmpty || ASCII.equalsIgnoringCase(type, OpenAIAdapter.type) {
            self = .openAI
        } else if ASCII.equalsIgnoringCase(type, AnthropicAdapter.type) {
            self = .anthropic
        } else if ASCII.equalsIgnoringCase(type, VLLMAdapter.type) {
            self = .vllm
        } else if ASCII.equalsIgnoringCase(type, SimAdapter.type) {
            self = .sim
        } else if let preset = Preset(type: type) {
            self = .compatible(preset)
        } else {
            return nil
        }
    }

    /// The `type` of a provider's configuration.
    package var type: StaticString {
        switch self {
        case .openAI: OpenAIAdapter.type
        case .anthropic: AnthropicAdapter.type
        case .vllm: VLLMAdapter.type
        case .sim: SimAdapter.type
        case .compatible(let preset): preset.facts.type
        }
    }

    /// The base URL where the operator names none; `nil`: he must.
    package var address: StaticString? {
        switch self {
        case .openAI: "https://api.openai.com"
        case .anthropic: "https://api.anthropic.com"
        case .vllm, .sim: nil
        case .compatible(let preset): preset.facts.address
        }
    }

    /// Path below the base URL whose answer tells whether the provider lives.
    package var healthPath: StaticString {
        switch self {
        case .openAI: OpenAIAdapter.healthPath
        case .anthropic: AnthropicAdapter.healthPath
        case .vllm: VLLMAdapter.healthPath
        case .sim: SimAdapter.healthPath
        case .compatible(let preset): preset.facts.healthPath
        }
    }

    /// What stands between the base URL and the path of an operation.
    var version: StaticString {
        switch self {
        case .openAI, .anthropic, .vllm, .sim: "/v1"
        case .compatible(let preset): preset.facts.version
        }
    }

    /// Whether the dialect has this operation as such.
    package func serves(_ operation: Operation) -> Bool {
        switch self {
        case .openAI: OpenAIAdapter.serves(operation)
        case .anthropic: AnthropicAdapter.serves(operation)
        case .vllm: VLLMAdapter.serves(operation)
        case .sim: SimAdapter.serves(operation)
        case .compatible(let preset): preset.facts.serves.contains(operation)
        }
    }

    /// How an operation reaches a provider of this dialect; `nil`: not at all.
    package func passage(of operation: Operation) -> Passage? {
        if serves(operation) { return .exact }
        return Translation(of: operation) { serves($0) }.map { .translated($0) }
    }

    /// Appends the credential as a header line, or nothing.
    func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer) {
        switch self {
        case .openAI: OpenAIAdapter.writeCredential(key, into: &out)
        case .anthropic: AnthropicAdapter.writeCredential(key, into: &out)
        case .vllm: VLLMAdapter.writeCredential(key, into: &out)
        case .sim: SimAdapter.writeCredential(key, into: &out)
        case .compatible(let preset): CompatibleAdapter.writeCredential(key, preset, into: &out)
        }
    }

    /// Whether a client's header of this name goes on to the provider. Names of credentials and targets never do.
    package func forwards(_ name: Span<UInt8>) -> Bool {
        switch self {
        case .openAI: OpenAIAdapter.forwards(name)
        case .anthropic: AnthropicAdapter.forwards(name)
        case .vllm: VLLMAdapter.forwards(name)
        case .sim: SimAdapter.forwards(name)
        case .compatible: CompatibleAdapter.forwards(name)
        }
    }

    /// Whether any dialect takes a client's header of this name.
    static func someForwards(_ name: Span<UInt8>) -> Bool {
        SimAdapter.forwards(name) || AnthropicAdapter.forwards(name) || OpenAIAdapter.forwards(name)
            || VLLMAdapter.forwards(name) || CompatibleAdapter.forwards(name)
    }

    /// A field that every request bears.
    var standingField: StandingField? {
        switch self {
        case .anthropic: AnthropicAdapter.standingField
        case .openAI, .vllm, .sim, .compatible: nil
        }
    }

    /// What an answer's status means; `nil` for 200, whose body decides.
    /// - Parameter head: the bytes that `fields` point into.
    /// - Parameter body: the body or its beginning.
    /// - Parameter now: seconds since 1970.
    package func fault(
        status: Int, fields: borrowing HeaderFields, head: Span<UInt8>, body: Span<UInt8>, now: Int64
    ) -> AttemptFault? {
        if status == 200 { return nil }
        return fault(
            status: status, retryAfter: RetryAfter.nanoseconds(in: fields, head: head, now: now), body: body)
    }

    /// The same for an error answer whose Retry-After, in nanoseconds, was read when its head arrived.
    package func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        switch self {
        case .openAI: OpenAIAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        case .anthropic: AnthropicAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        case .vllm: VLLMAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        case .sim: SimAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        case .compatible: CompatibleAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        }
    }
}
