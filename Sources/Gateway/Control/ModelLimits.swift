// What the operator says about the patience with single models.

/// The limits by phase that `TOKENHUB_MODEL_LIMITS` sets: `o3 first_byte=2m; gpt-4o total=90s; * connect=1s`.
package struct ModelLimits: Equatable, Sendable {
    private enum Phase: String, CaseIterable {
        case connect, firstByte = "first_byte", firstToken = "first_token", betweenTokens = "between_tokens", total
    }

    /// By the model's id; `*` stands for every model that has no entry of its own.
    private var settings: [String: [Phase: Int]] = [:]

    package init() {}

    /// - Throws: what cannot be read, in words.
    init(_ text: String) throws(ConfigurationFault) {
        for entry in text.split(separator: ";") {
            let words = entry.split(separator: " ", omittingEmptySubsequences: true)
            guard let model = words.first else { continue }
            guard settings[String(model)] == nil else { throw ModelLimits.fault("two entries for \(model)") }
            settings[String(model)] = try ModelLimits.phases(words.dropFirst())
        }
    }

    /// The limits of a model, where those of its provider are `standard`.
    package func limits(of model: String, standard: PhaseLimits) -> PhaseLimits {
        var limits = standard
        guard let phases = settings[model] ?? settings["*"] else { return limits }
        if let wanted = phases[.connect] { limits.connectMS = wanted }
        if let wanted = phases[.firstByte] { limits.firstByteMS = wanted }
        limits.firstTokenMS = phases[.firstToken] ?? max(limits.firstTokenMS, limits.firstByteMS)
        if let wanted = phases[.betweenTokens] { limits.betweenTokensMS = wanted }
        if let wanted = phases[.total] { limits.totalMS = wanted }
        return limits
    }

    private static func phases(_ words: ArraySlice<Substring>) throws(ConfigurationFault) -> [Phase: Int] {
        var phases: [Phase: Int] = [:]
        for word in words {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let phase = Phase(rawValue: String(parts[0])),
                let duration = GoDuration.milliseconds(String(parts[1])), (1...3_600_000).contains(duration)
            else {
                let names = Phase.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("'\(word)' is not one of \(names), an equals sign and 1ms to 1h")
            }
            phases[phase] = Int(duration)
        }
        return phases
    }

    private static func fault(_ reason: String) -> ConfigurationFault {
        ConfigurationFault(variable: "TOKENHUB_MODEL_LIMITS", reason: reason)
    }
}
