// The tools that `tokenhub connect` knows, and what each has to be told.

package enum Tool: String, CaseIterable, Sendable {
    case claude, codex, opencode, aider
    /// Whatever reads the variables of the official SDKs.
    case env

    /// What points the tool at a gateway: lines for a shell, or a piece of the tool's own configuration behind the line that a
    /// shell needs. The key is named by its file and stands nowhere.
    /// - Parameter url: without a slash at its end; neither it nor the path has control bytes.
    func setup(url: String, keyPath: String) -> String {
        let key = "\"$(cat \(Tool.quoted(keyPath)))\""
        let base = Tool.quoted(url)
        let version = Tool.quoted(url + "/v1")
        switch self {
        case .claude:
            return """
                export ANTHROPIC_BASE_URL=\(base)
                export ANTHROPIC_AUTH_TOKEN=\(key)
                export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1
                unset ANTHROPIC_API_KEY
                """
        case .codex:
            return """
                # Put this into ~/.codex/config.toml, and this into the shell:
                #   export TOKENHUB_API_KEY=\(key)
                model_provider = "tokenhub"

                [model_providers.tokenhub]
                name = "TokenHub"
                base_url = "\(Tool.escaped(url))/v1"
                env_key = "TOKENHUB_API_KEY"
                wire_api = "responses"
                """
        case .opencode:
            return """
                // Put this into opencode.json, with the models you want to see, and this into the shell:
                //   export TOKENHUB_API_KEY=\(key)
                {
                  "$schema": "https://opencode.ai/config.json",
                  "model": "tokenhub/*",
                  "provider": {
                    "tokenhub": {
                      "npm": "@ai-sdk/openai-compatible",
                      "name": "TokenHub",
                      "options": {
                        "baseURL": "\(Tool.escaped(url))/v1",
                        "apiKey": "{env:TOKENHUB_API_KEY}"
                      },
                      "models": {
                        "*": { "name": "whichever the gateway picks" }
                      }
                    }
                  }
                }
                """
        case .aider:
            return """
                export OPENAI_API_BASE=\(version)
                export OPENAI_API_KEY=\(key)
                export AIDER_MODEL='openai/*'
                """
        case .env:
            return """
                export OPENAI_BASE_URL=\(version)
                export OPENAI_API_KEY=\(key)
                export ANTHROPIC_BASE_URL=\(base)
                export ANTHROPIC_AUTH_TOKEN=\(key)
                unset ANTHROPIC_API_KEY
                """
        }
    }

    /// One word of a shell, whatever is in it.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// For a string of TOML or JSON.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            if character == "\"" || character == "\\" { out.append("\\") }
            out.append(character)
        }
    }
}
