// The dialects providers speak, as a closed set.

package import Wire

/// The dialect of one configured provider. Adding one touches its folder and this enum.
package enum Provider: UInt8, Equatable, Sendable, CaseIterable {
    case openAI, vllm
    /// The simulated provider: the OpenAI wire, and the only one that `x-sim-*` headers are handed to.
    case sim

    /// Reads the `type` of a provider's configuration; empty is OpenAI.
    package init?(type: Span<UInt8>) {
        if type.isEmpty || ASCII.equalsIgnoringCase(type, "openai") {
            self = .openAI
        } else if ASCII.equalsIgnoringCase(type, "vllm") {
            self = .vllm
        } else if ASCII.equalsIgnoringCase(type, "sim") {
            self = .sim
        } else {
            return nil
        }
    }

    /// The `type` of a provider's configuration.
    package var type: StaticString {
        switch self {
        case .openAI: OpenAIAdapter.type
        case .vllm: VLLMAdapter.type
        case .sim: SimAdapter.type
        }
    }

    /// Path below the base URL whose answer tells whether the provider lives.
    package var healthPath: StaticString {
        switch self {
        case .openAI: OpenAIAdapter.healthPath
        case .vllm: VLLMAdapter.healthPath
        case .sim: SimAdapter.healthPath
        }
    }

    /// Whether the dialect has this operation.
    package func serves(_ operation: Operation) -> Bool {
        switch self {
        case .openAI: OpenAIAdapter.serves(operation)
        case .vllm: VLLMAdapter.serves(operation)
        case .sim: SimAdapter.serves(operation)
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
        case .vllm: VLLMAdapter.writeCredential(key, into: &out)
        case .sim: SimAdapter.writeCredential(key, into: &out)
        }
    }

    /// Whether a client's header of this name goes on to the provider. Names of credentials and targets never do.
    package func forwards(_ name: Span<UInt8>) -> Bool {
        switch self {
        case .openAI: OpenAIAdapter.forwards(name)
        case .vllm: VLLMAdapter.forwards(name)
        case .sim: SimAdapter.forwards(name)
        }
    }

    /// Whether any dialect takes a client's header of this name.
    static func someForwards(_ name: Span<UInt8>) -> Bool {
        for provider in Provider.allCases where provider.forwards(name) { return true }
        return false
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
        case .vllm: VLLMAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        case .sim: SimAdapter.fault(status: status, retryAfter: retryAfter, body: body)
        }
    }
}
