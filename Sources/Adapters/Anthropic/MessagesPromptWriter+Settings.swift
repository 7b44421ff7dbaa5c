// The settings of a Messages request, which depend on each other and on the conversation.

import Wire

extension MessagesPromptWriter {
    /// How a request asks a model to think.
    private enum Thinking {
        case unsaid, off, adaptive
        case budget(tokens: Int)
    }

    /// Appends all members but the model and the messages, each with a comma in front of it.
    mutating func writeSettings() {
        let thinking = thinking()
        writeOutputTokens(thinking)
        if wantsJSON {
            if !system.isEmpty { system.append(",") }
            system.append("{\"type\":\"text\",\"text\":\"Answer with one JSON object and nothing else.")
            if !schema.isEmpty {
                system.append(" It matches this JSON schema: ")
                MessagesPromptWriter.escape(schema, into: &system)
            }
            system.append("\"}")
            dropped.note(client == .responses ? "text.format" : "response_format")
        }
        MessagesPromptWriter.write("system", system, into: &out)
        MessagesPromptWriter.write("tools", tools, into: &out)
        writeToolChoice()
        MessagesPromptWriter.write("stop_sequences", stops, into: &out)
        writeThinking(thinking)
        writeSampling(thinking)
        settings.write(.stream, as: "stream", into: &out)
        if settings.has(.user), settings.count(.user) > 2 {
            out.append(",\"metadata\":{\"user_id\":")
            settings.write(.user, into: &out)
            out.append("}")
        }
        writeServiceTier()
        noteOthers()
    }

    /// JSON as the inside of a string.
    private static func escape(_ json: borrowing ByteBuffer, into out: inout ByteBuffer) {
        JSONWriter.escape(json.bytes, into: &out)
    }

    /// An array, if it has elements.
    private static func write(_ name: StaticString, _ elements: borrowing ByteBuffer, into out: inout ByteBuffer) {
        if elements.isEmpty { return }
        out.append(",\"")
        out.append(name)
        out.append("\":[")
        out.append(elements)
        out.append("]")
    }

    /// What stands in the way of thinking, by the rules of the wire: a call that the model is forced to make, a bound
    /// on the answer that leaves no room, and, for models with a budget, calls in progress before which nothing was
    /// thought.
    private mutating func thinking() -> Thinking {
        guard let effort else { return .unsaid }
        if effort == .none { return .off }
        let isForced = !tools.isEmpty && (choice == .required || choice == .named)
        if quirks.thinksAdaptively, !isForced { return .adaptive }
        var budget = budgetTokens
        if budget == 0 {
            switch effort {
            case .none, .minimal, .low: budget = Limits.thinkingTokensMin
            case .medium: budget = 4096
            case .high, .xhigh, .max: budget = 16384
            }
        }
        if let most = settings.int(.outputTokensMax) { budget = min(budget, most - 1) }
        if isForced || budget < Limits.thinkingTokensMin || (turnCalls && !turnThinks) {
            dropped.note(client == .responses ? "reasoning" : "reasoning_effort")
            return .unsaid
        }
        return .budget(tokens: budget)
    }

    private mutating func writeOutputTokens(_ thinking: Thinking) {
        out.append(",\"max_tokens\":")
        if settings.has(.outputTokensMax) { return settings.write(.outputTokensMax, into: &out) }
        switch thinking {
        case .unsaid, .off, .adaptive: out.append(decimal: quirks.outputTokensAssumed)
        case .budget(let tokens): out.append(decimal: quirks.outputTokensAssumed + tokens)
        }
    }

    /// Only with tools to choose from; `none` needs no word about several at once.
    private mutating func writeToolChoice() {
        if tools.isEmpty { return }
        let isOne = settings.is(.parallelCalls, "false")
        guard choice != nil || isOne else { return }
        out.append(",\"tool_choice\":{\"type\":")
        switch choice ?? .auto {
        case .none: return out.append("\"none\"}")
        case .auto: out.append("\"auto\"")
        case .required: out.append("\"any\"")
        case .named:
            out.append("\"tool\",\"name\":")
            out.append(quoting: choiceName)
        }
        out.append(isOne ? ",\"disable_parallel_tool_use\":true}" : "}")
    }

    private mutating func writeThinking(_ thinking: Thinking) {
        var word: StaticString?
        switch thinking {
        case .unsaid: break
        case .off:
            out.append(",\"thinking\":{\"type\":\"disabled\"}")
        case .adaptive:
            out.append(",\"thinking\":{\"type\":\"adaptive\"}")
            word = effortWord
        case .budget(let tokens):
            out.append(",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":")
            out.append(decimal: tokens)
            out.append("}")
        }
        let hasFormat = !schema.isEmpty && !wantsJSON
        if word == nil, !hasFormat { return }
        out.append(",\"output_config\":{")
        if let word {
            out.append("\"effort\":\"")
            out.append(word)
            out.append(hasFormat ? "\"," : "\"")
        }
        if hasFormat {
            out.append("\"format\":{\"type\":\"json_schema\",\"schema\":")
            out.append(schema)
            out.append("}")
        }
        out.append("}")
    }

    private var effortWord: StaticString {
        switch effort ?? .high {
        case .none, .minimal, .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .xhigh: "xhigh"
        case .max: "max"
        }
    }

    /// Temperatures end at 1 here; a model that thinks takes none of these, and newer ones take only one of the first
    /// two,
    /// and the newest none at all.
    private mutating func writeSampling(_ thinking: Thinking) {
        switch thinking {
        case .adaptive, .budget: return noteSampling()
        case .unsaid, .off: if quirks.refusesSampling { return noteSampling() }
        }
        if let temperature = settings.double(.temperature), temperature > 1 {
            out.append(",\"temperature\":1")
            note(.temperature)
        } else {
            settings.write(.temperature, as: "temperature", into: &out)
        }
        if !settings.has(.temperature) {
            settings.write(.topP, as: "top_p", into: &out)
        } else if settings.has(.topP), !isOne(.topP) {
            note(.topP)
        }
        settings.write(.topK, as: "top_k", into: &out)
    }

    private mutating func noteSampling() {
        for setting in [PromptSetting.temperature, .topP, .topK] where settings.has(setting) {
            if setting == .topK || !isOne(setting) { note(setting) }
        }
    }

    private mutating func writeServiceTier() {
        if settings.is(.serviceTier, "\"auto\"") {
            out.append(",\"service_tier\":\"auto\"")
        } else if settings.is(.serviceTier, "\"default\"") {
            out.append(",\"service_tier\":\"standard_only\"")
        } else if settings.has(.serviceTier) {
            note(.serviceTier)
        }
    }

    /// Names what has no place on this wire and would have changed something.
    private mutating func noteOthers() {
        for setting in [PromptSetting.seed, .topLogprobs, .verbosity, .cacheKey] where settings.has(setting) {
            note(setting)
        }
        for setting in [PromptSetting.frequencyPenalty, .presencePenalty] where settings.double(setting) ?? 0 != 0 {
            note(setting)
        }
        for setting in [PromptSetting.logprobs, .store] where settings.is(setting, "true") { note(setting) }
        for setting in [PromptSetting.logitBias, .metadata] where settings.count(setting) > 2 { note(setting) }
    }

    private func isOne(_ setting: PromptSetting) -> Bool { settings.double(setting) == 1 }

    private mutating func note(_ setting: PromptSetting) { dropped.note(setting.name(on: client)) }
}
