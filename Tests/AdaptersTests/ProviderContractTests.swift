// What every dialect must do, and the list of what each cannot.

import Adapters
import Testing
import Wire

struct ProviderContractTests {
    /// Per dialect what it has as such; the rest is translated, or not to be had at all.
    static let exact: [String: OperationSet] = [
        "openai": [.chat, .completions, .embeddings, .responses, .media, .compact],
        "anthropic": [.messages, .countTokens],
        "vllm": [.chat, .completions, .embeddings, .media],
        "sim": [.chat, .completions, .embeddings, .media],
        "openai-compatible": [.chat, .completions, .embeddings, .media],
        "azure": [.chat, .completions, .embeddings, .responses, .compact],
        "openrouter": [.chat, .completions],
        "together": [.chat, .completions, .embeddings, .media],
        "groq": [.chat, .media],
        "mistral": [.chat, .embeddings, .media],
        "deepseek": [.chat],
        "gemini": [.chat, .embeddings],
        "ollama": [.chat, .completions, .embeddings],
    ]

    /// What no dialect but those that have it can do: there is no way from another wire.
    static let untranslatable: OperationSet = [.completions, .embeddings, .countTokens, .media, .compact]

    static func name(_ provider: Provider) -> String { written { $0.append(provider.type) } }

    @Test(arguments: Provider.allCases)
    func anOperationIsServedTranslatedOrListedAsImpossible(provider: Provider) throws {
        let exact = try #require(Self.exact[Self.name(provider)])
        for operation in Adapters.Operation.allCases {
            #expect(provider.serves(operation) == exact.contains(operation), "\(operation)")
            switch provider.passage(of: operation) {
            case .exact: #expect(exact.contains(operation), "\(operation)")
            case .translated(let translation):
                #expect(provider.serves(translation.upstream), "\(operation)")
                #expect(!exact.contains(operation) && !Self.untranslatable.contains(operation), "\(operation)")
            case nil: #expect(!exact.contains(operation) && Self.untranslatable.contains(operation), "\(operation)")
            }
        }
    }

    @Test func everyConversationReachesEveryProvider() {
        for provider in Provider.allCases {
            for operation in Adapters.Operation.allCases where operation.isConversation {
                #expect(provider.passage(of: operation) != nil, "\(provider) \(operation)")
            }
        }
    }

    @Test(arguments: Provider.allCases)
    func statusesMeanTheSameEverywhere(provider: Provider) {
        func fault(_ status: Int, _ body: String = "") -> AttemptFault {
            provider.fault(status: status, retryAfter: 1, body: bytes(body).span)
        }
        #expect(fault(401) == .credentialRefused(status: 401))
        #expect(fault(402) == .budgetExceeded)
        #expect(fault(429) == .rateLimited(retryAfter: 1))
        #expect(fault(529) == .rateLimited(retryAfter: 1))
        #expect(fault(500) == .transient(.status(500)))
        #expect(fault(302) == .fatal(.redirect(302)))
        #expect(fault(400, #"{"error":{"message":"no"}}"#) == .clientFault(status: 400))
        #expect(fault(422) == .clientFault(status: 422))
    }

    @Test(arguments: Provider.allCases)
    func hostedServicesHaveTheirAddress(provider: Provider) {
        let ownServers = ["vllm", "sim", "openai-compatible", "azure"]
        #expect((provider.address == nil) == ownServers.contains(Self.name(provider)))
    }

    @Test func quirksFollowProviderAndModel() {
        func quirks(_ provider: Provider, _ model: String) -> Quirks {
            Quirks.of(provider, model: bytes("\"\(model)\"").span)
        }
        for model in ["o1", "o3-mini", "gpt-5", "gpt-5.5-mini", "gpt-6", "gpt-oss-120b"] {
            #expect(quirks(.openAI, model).takesReasoningEffort, "\(model)")
        }
        for model in ["gpt-4o", "gpt-4.1", "omni", "chatgpt-4o-latest", ""] {
            #expect(!quirks(.openAI, model).takesReasoningEffort, "\(model)")
        }
        for model in ["claude-opus-4-6", "claude-opus-4-7", "claude-sonnet-5", "claude-opus-5-1"] {
            #expect(quirks(.anthropic, model).thinksAdaptively, "\(model)")
        }
        for model in [
            "claude-opus-4-5", "claude-sonnet-4-5-20250929", "claude-sonnet-4-20250514", "claude-3-7-sonnet-20250219",
            "claude-3-5-haiku-latest", "claude-haiku-4-5", "x",
        ] { #expect(!quirks(.anthropic, model).thinksAdaptively, "\(model)") }
        for model in ["claude-opus-4-7", "claude-opus-4-8-20270101", "claude-sonnet-5", "claude-opus-5-1"] {
            #expect(quirks(.anthropic, model).refusesSampling, "\(model)")
        }
        for model in ["claude-opus-4-6", "claude-sonnet-4-20250514", "claude-3-7-sonnet-20250219", "x"] {
            #expect(!quirks(.anthropic, model).refusesSampling, "\(model)")
        }
        for model in ["gpt-5", "gpt-5.5-mini", "gpt-6"] { #expect(quirks(.openAI, model).takesVerbosity, "\(model)") }
        for model in ["o3", "gpt-5", "gpt-5.5-mini"] { #expect(quirks(.openAI, model).refusesSampling, "\(model)") }
        for model in ["gpt-4.1", "gpt-5-chat-latest", "gpt-oss-120b"] {
            #expect(!quirks(.openAI, model).refusesSampling, "\(model)")
        }
        #expect(!quirks(.openAI, "gpt-5-chat-latest").takesReasoningEffort)
        for model in ["o3", "gpt-4.1", "gpt-oss-120b", "gpt-5-chat-latest"] {
            #expect(!quirks(.openAI, model).takesVerbosity, "\(model)")
        }
        #expect(!quirks(.compatible(.groq), "openai/gpt-oss-120b").takesVerbosity)
        #expect(!quirks(.compatible(.mistral), "m").takesUser && quirks(.openAI, "gpt-5").takesUser)
        for provider in [Provider.compatible(.mistral), .compatible(.groq)] {
            #expect(!quirks(provider, "m").takesServiceTier, "\(provider)")
        }
        #expect(quirks(.compatible(.mistral), "m").ids == .nine)
        #expect(!quirks(.compatible(.mistral), "m").asksForUsage)
        #expect(quirks(.openAI, "gpt-4o").namesCompletionTokens)
        #expect(!quirks(.vllm, "m").namesCompletionTokens)
        #expect(Quirks.of(.compatible(.groq), model: Span()).asksForUsage)
    }
}
