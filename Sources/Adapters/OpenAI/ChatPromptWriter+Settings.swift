// The settings of a chat completions request.

import Wire

extension ChatPromptWriter {
    /// What the wire has under the same meaning, by its own names.
    private static let members: [(setting: PromptSetting, name: StaticString)] = [
        (.stream, "stream"), (.temperature, "temperature"), (.topP, "top_p"), (.choiceCount, "n"),
        (.frequencyPenalty, "frequency_penalty"), (.presencePenalty, "presence_penalty"), (.logprobs, "logprobs"),
        (.topLogprobs, "top_logprobs"), (.logitBias, "logit_bias"),
    ]

    /// Appends all members but the model and the messages, each with a comma in front of it.
    mutating func writeSettings() {
        settings.write(
            .outputTokensMax, as: quirks.namesCompletionTokens ? "max_completion_tokens" : "max_tokens", into: &out)
        for (setting, name) in ChatPromptWriter.members {
            let isSampling = setting == .temperature || setting == .topP
            if isSampling, quirks.refusesSampling, effort != Effort.none {
                if settings.has(setting), settings.double(setting) != 1 { dropped.note(setting.name(on: client)) }
            } else {
                settings.write(setting, as: name, into: &out)
            }
        }
        if settings.is(.stream, "true"), quirks.asksForUsage {
            out.append(",\"stream_options\":{\"include_usage\":true}")
        }
        write(.topK, as: "top_k", if: quirks.takesTopK)
        write(.seed, as: "seed", if: quirks.takesSeed)
        write(.verbosity, as: "verbosity", if: quirks.takesVerbosity)
        // Longer ones are refused; they are quotes and all.
        write(.user, as: "user", if: quirks.takesUser && settings.count(.user) - 2 <= Limits.userNameBytesMax)
        write(.metadata, as: "metadata", if: true)
        // `auto` is what providers do anyway, and not all know the word.
        if !settings.is(.serviceTier, "\"auto\"") {
            write(.serviceTier, as: "service_tier", if: quirks.takesServiceTier)
        }
        if settings.is(.store, "true") { dropped.note(PromptSetting.store.name(on: client)) }
        if settings.has(.cacheKey) { dropped.note(PromptSetting.cacheKey.name(on: client)) }
        if !stops.isEmpty {
            out.append(",\"stop\":[")
            out.append(stops)
            out.append("]")
        }
        if !format.isEmpty {
            out.append(",\"response_format\":")
            out.append(format)
        }
        writeEffort()
        writeTools()
    }

    private mutating func write(_ setting: PromptSetting, as name: StaticString, if isTaken: Bool) {
        if isTaken {
            settings.write(setting, as: name, into: &out)
        } else if settings.has(setting) {
            dropped.note(setting.name(on: client))
        }
    }

    private mutating func writeEffort() {
        guard let effort else { return }
        guard quirks.takesReasoningEffort else {
            if effort != .none { dropped.note(client == .messages ? "thinking" : "reasoning") }
            return
        }
        if effort == .none {
            if quirks.thinksUntold { return out.append(",\"thinking\":{\"type\":\"disabled\"}") }
            // Not to think is what Messages does untold, and not all models know the word.
            if client == .messages { return }
        }
        let word: StaticString =
            switch effort {
            case .none: "none"
            case .minimal: "minimal"
            case .low: "low"
            case .medium: "medium"
            case .high: "high"
            case .xhigh, .max: "xhigh"
            }
        out.append(",\"reasoning_effort\":\"")
        out.append(word)
        out.append("\"")
    }

    /// A choice needs something to choose from.
    private mutating func writeTools() {
        if tools.isEmpty { return }
        out.append(",\"tools\":[")
        out.append(tools)
        out.append("]")
        if settings.is(.parallelCalls, "false") { out.append(",\"parallel_tool_calls\":false") }
        switch choice {
        case nil: break
        case .none?: out.append(",\"tool_choice\":\"none\"")
        case .auto?: out.append(",\"tool_choice\":\"auto\"")
        case .required?: out.append(",\"tool_choice\":\"required\"")
        case .named?:
            out.append(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":")
            out.append(quoting: choiceName)
            out.append("}}")
        }
    }
}
