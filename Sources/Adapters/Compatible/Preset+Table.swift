// Where each service is, and what it can be asked for.

extension Preset {
    /// - Source: the services' API references; none of it was tried with the services themselves.
    var facts: PresetFacts {
        switch self {
        case .other:
            PresetFacts(
                type: "openai-compatible", credential: .bearerIfAny,
                serves: [.chat, .completions, .embeddings, .media])
        // With `?api-version=` behind the address the older paths, which name the deployment: see `Target`.
        case .azure:
            PresetFacts(
                type: "azure", version: "/openai/v1", healthPath: "/openai/v1/models", credential: .apiKey,
                serves: [.chat, .completions, .embeddings, .responses, .compact])
        case .openRouter:
            PresetFacts(type: "openrouter", address: "https://openrouter.ai/api", serves: [.chat, .completions])
        case .together:
            PresetFacts(
                type: "together", address: "https://api.together.xyz",
                serves: [.chat, .completions, .embeddings, .media])
        case .groq: PresetFacts(type: "groq", address: "https://api.groq.com/openai", serves: [.chat, .media])
        case .mistral:
            PresetFacts(type: "mistral", address: "https://api.mistral.ai", serves: [.chat, .embeddings, .media])
        case .deepSeek: PresetFacts(type: "deepseek", address: "https://api.deepseek.com", serves: [.chat])
        case .gemini:
            PresetFacts(
                type: "gemini", address: "https://generativelanguage.googleapis.com/v1beta/openai", version: "",
                healthPath: "/models", serves: [.chat, .embeddings])
        case .ollama: PresetFacts(type: "ollama", address: "http://127.0.0.1:11434", credential: .bearerIfAny)
        }
    }
}
