// What `tokenhub connect` prints, to the letter.

import Testing

@testable import Gateway

@Suite struct ConnectTests {
    private static let key = #""$(cat '/users/a/.tokenhub/demo/.host-api-key')""#
    private static let printed: [(tool: String, text: String)] = [
        (
            "claude",
            """
            export ANTHROPIC_BASE_URL='http://localhost:8090'
            export ANTHROPIC_AUTH_TOKEN=\(key)
            export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1
            unset ANTHROPIC_API_KEY
            """
        ),
        (
            "codex",
            """
            # Put this into ~/.codex/config.toml, and this into the shell:
            #   export TOKENHUB_API_KEY=\(key)
            model_provider = "tokenhub"

            [model_providers.tokenhub]
            name = "TokenHub"
            base_url = "http://localhost:8090/v1"
            env_key = "TOKENHUB_API_KEY"
            wire_api = "responses"
            """
        ),
        (
            "opencode",
            """
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
                    "baseURL": "http://localhost:8090/v1",
                    "apiKey": "{env:TOKENHUB_API_KEY}"
                  },
                  "models": {
                    "*": { "name": "whichever the gateway picks" }
                  }
                }
              }
            }
            """
        ),
        (
            "aider",
            """
            export OPENAI_API_BASE='http://localhost:8090/v1'
            export OPENAI_API_KEY=\(key)
            export AIDER_MODEL='openai/*'
            """
        ),
        (
            "env",
            """
            export OPENAI_BASE_URL='http://localhost:8090/v1'
            export OPENAI_API_KEY=\(key)
            export ANTHROPIC_BASE_URL='http://localhost:8090'
            export ANTHROPIC_AUTH_TOKEN=\(key)
            unset ANTHROPIC_API_KEY
            """
        ),
    ]

    private func run(
        _ arguments: [String], _ environment: [String: String] = ["HOME": "/users/a"],
        there: [String] = ["/users/a/.tokenhub/demo/.host-api-key"]
    ) throws(ConnectOrder.Fault) -> String {
        try ConnectOrder(arguments, environment: environment).run { there.contains($0) }
    }

    @Test(arguments: printed.indices)
    func eachToolIsToldWhatItReads(index: Int) throws {
        let (tool, text) = Self.printed[index]
        #expect(try run([tool]) == text)
    }

    @Test func everyToolIsInTheTable() { #expect(Self.printed.map(\.tool) == Tool.allCases.map(\.rawValue)) }

    @Test func theAddressAndTheKeyComeFromTheOptionsOrTheEnvironment() throws {
        let environment = ["TOKENHUB_URL": "https://hub.example/v1/", "TOKENHUB_DB_DSN": "/srv/hub/db.sqlite"]
        let there = ["/srv/hub/.host-api-key", "/data/.host-api-key", "/k e'y"]
        let fromEnvironment = try run(["claude"], environment, there: there)
        #expect(fromEnvironment.contains("ANTHROPIC_BASE_URL='https://hub.example'\n"))
        #expect(fromEnvironment.contains("cat '/srv/hub/.host-api-key'"))
        let named = try run(
            ["aider", "--key-file", "/k e'y", "--url", "http://[::1]:9/hub"], environment, there: there)
        #expect(named.contains("OPENAI_API_BASE='http://[::1]:9/hub/v1'\n"))
        #expect(named.contains(#"cat '/k e'\''y')"#))
        #expect(try run(["env"], [:], there: ["/data/.host-api-key"]).contains("cat '/data/.host-api-key'"))
    }

    @Test(arguments: [
        ([], "connect what"), (["vim"], "'vim' is none of claude, codex"), (["env", "--port"], "unknown option"),
        (["env", "--url"], "takes a value"), (["env", "--url", "localhost:8090"], "must begin with http"),
        (["env", "--url", "http://a'; rm -rf"], "without blanks"), (["env", "--key-file", "/none"], "cannot be read"),
        (["env", "--key-file", "/a\nb"], "control characters"),
    ])
    func whatCannotBeDoneIsSaid(arguments: [String], reason: String) {
        do throws(ConnectOrder.Fault) {
            Issue.record("\(try run(arguments, there: ["/users/a/.tokenhub/demo/.host-api-key", "/a\nb"]))")
        } catch {
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test func withoutAKeyNothingIsPrinted() {
        #expect(throws: ConnectOrder.Fault.self) { try run(["env"], there: []) }
    }
}
