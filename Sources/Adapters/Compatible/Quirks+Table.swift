// What each provider, and each family of its models, takes in another way than OpenAI.

import Wire

extension Quirks {
    /// Models are told apart by the beginning of their names, since no API says what a model takes. A wrong guess is a refusal by the
    /// provider, which the client hears; it is never tried again.
    /// - Parameter model: the upstream's name as a JSON string; empty for what holds for all of a provider's models.
    /// - Source: the services' API references; none of it was tried with the services themselves.
    package static func of(_ provider: Provider, model: Span<UInt8>) -> Quirks {
        let name = model.count > 2 ? model.extracting(1..<model.count - 1) : Span()
        var quirks = Quirks()
        switch provider {
        case .openAI, .compatible(.azure):
            quirks.namesCompletionTokens = true
            quirks.takesReasoningEffort = isOpenAIReasoner(name)
            quirks.takesVerbosity = isTalkative(name)
            quirks.refusesSampling = isOpenAIReasoner(name) && !holds(name, "gpt-oss")
        case .anthropic:
            quirks.ids = .any
            let version = version(name)
            quirks.thinksAdaptively = version.major > 4 || version.major == 4 && version.minor >= 6
            quirks.refusesSampling = version.major > 4 || version.major == 4 && version.minor >= 7
        case .compatible(.groq):
            quirks.namesCompletionTokens = true
            // It has tiers of its own.
            quirks.takesServiceTier = false
            quirks.takesReasoningEffort = holds(name, "gpt-oss")
        case .compatible(.mistral):
            quirks.ids = .nine
            // It refuses members that it does not know; its seed is called `random_seed`, and usage comes unasked.
            (quirks.asksForUsage, quirks.takesSeed) = (false, false)
            (quirks.takesUser, quirks.takesServiceTier) = (false, false)
        case .compatible(.openRouter), .compatible(.gemini):
            quirks.ids = .any
            quirks.takesReasoningEffort = true
            quirks.takesTopK = provider == .compatible(.openRouter)
            quirks.takesVerbosity = provider == .compatible(.openRouter)
            if provider == .compatible(.openRouter) {
                quirks.thoughts = mustRemember(name) ? .mustComeBack : .comeBack
            }
        case .compatible(.deepSeek):
            (quirks.ids, quirks.thoughts) = (.any, .mustComeBack)
            (quirks.takesReasoningEffort, quirks.thinksUntold) = (true, true)
        case .compatible(.together), .vllm:
            quirks.takesReasoningEffort = holds(name, "gpt-oss")
            quirks.takesTopK = true
            if provider == .vllm { quirks.thoughts = .comeBack }
        case .compatible(.ollama): quirks.takesReasoningEffort = holds(name, "gpt-oss")
        case .compatible(.other):
            quirks.takesReasoningEffort = holds(name, "gpt-oss")
            if mustRemember(name) { quirks.thoughts = .mustComeBack }
        case .sim: quirks.takesTopK = true
        }
        return quirks
    }

    /// `o1`, `o3-mini`, `gpt-5.5` and their like.
    private static func isOpenAIReasoner(_ name: Span<UInt8>) -> Bool {
        if name.count >= 2, name[0] == UInt8(ascii: "o"), ASCII.isDigit(name[1]) { return true }
        return isTalkative(name) || holds(name, "gpt-oss")
    }

    /// `gpt-5` and its like, which can be told how much to say. Others refuse to be told, such as `gpt-5-chat-latest`, which does not
    /// think either.
    private static func isTalkative(_ name: Span<UInt8>) -> Bool {
        name.count >= 5 && ASCII.equalsIgnoringCase(name, 0..<4, "gpt-") && ASCII.isDigit(name[4]) && name[4] >= 0x35
            && !holds(name, "-chat")
    }

    /// Models that refuse to go on from a call without what they thought before it, whoever runs them.
    private static func mustRemember(_ name: Span<UInt8>) -> Bool { holds(name, "deepseek") || holds(name, "kimi") }

    /// The version of a Claude model, -1 for a number that its name does not have. From 4.6 on it can be told how hard to think;
    /// from 4.7 on it refuses to be told for how many tokens, and how to sample.
    ///
    /// Names are `claude-opus-4-6`, older ones `claude-3-7-sonnet-20250219` or `claude-sonnet-4-20250514`: a number of
    /// more than two digits is a date.
    private static func version(_ name: Span<UInt8>) -> (major: Int, minor: Int) {
        var numbers: (major: Int, minor: Int) = (-1, -1)
        var index = 0
        while index < name.count, numbers.minor < 0 {
            var (value, digitCount) = (0, 0)
            while index < name.count, ASCII.isDigit(name[index]) {
                value = min(value * 10 + Int(name[index] - 0x30), 1_000_000)
                (index, digitCount) = (index + 1, digitCount + 1)
            }
            if digitCount > 2 { break }
            if digitCount > 0 { numbers = numbers.major < 0 ? (value, -1) : (numbers.major, value) }
            index += 1
        }
        return numbers
    }

    private static func holds(_ name: Span<UInt8>, _ part: StaticString) -> Bool {
        let length = part.utf8CodeUnitCount
        var start = 0
        while start + length <= name.count {
            if ASCII.equalsIgnoringCase(name, start..<start + length, part) { return true }
            start += 1
        }
        return false
    }
}
