// `tokenhub demo`: a gateway on loopback with simulated providers, and a first request to look at.

internal import Gateway
internal import Reactor
internal import Wire

enum DemoCommand {
    static func run(_ arguments: [String]) -> Int32 {
        let signals = Signals()
        var environment = Environment.read()
        let home = environment["HOME"] ?? "/tmp"
        let defaults = [
            "TOKENHUB_LISTEN_ADDR": "127.0.0.1:8090",
            "TOKENHUB_DB_DSN": "\(home)/.tokenhub/demo/tokenhub.sqlite",
            "TOKENHUB_LOG_LEVEL": "warn",
        ]
        for (name, value) in defaults where (environment[name] ?? "").isEmpty { environment[name] = value }
        do {
            let configuration = try Configuration(environment)
            let server = try Server(
                configuration, simulated: Simulated.demo, portTries: portTries, version: Version.text)
            show(server.started)
            if !arguments.contains("--once") {
                ServeCommand.wait(signals, server)
            } else {
                server.drain(); server.join()
            }
            return 0
        } catch {
            Output.error("\(error)")
            return 1
        }
    }

    private static func show(_ started: Server.Started) {
        let address = Addresses.reachable(started.address)
        let url = "http://\(Addresses.text(address))"
        Output.line("TokenHub \(Version.text) serves on \(url) (\(started.coreCount) core(s), \(started.driver))")
        for notice in started.notices { Output.line("  note: \(notice)") }
        Output.line("  \(started.providerCount) providers, \(started.modelCount) models; no provider key needed")
        guard let key = started.hostKey else {
            return Output.line("  the key 'host-local' was rotated; make one through the admin API")
        }
        Output.line("\nA first request, streamed:\n")
        firstRequest(address, key)
        Output.line(
            """

            Try it yourself:
              curl -N \(url)/v1/chat/completions -H 'Authorization: Bearer \(key)' \\
                -H 'Content-Type: application/json' \\
                -d '{"messages":[{"role":"user","content":"Hello"}],"stream":true}'
            """)
        if let path = started.adminTokenPath { Output.line("The admin token is in \(path)") }
        Output.line("Ctrl-C ends it.")
    }

    private static func firstRequest(_ address: SocketAddress, _ key: String) {
        let body =
            #"{"messages":[{"role":"user","content":"Say something."}],"stream":true,"stream_options":{"include_usage":true}}"#
        let head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let stream = ContentPrinter()
        do {
            let answer = try OneRequest.run(address, Array((head + body).utf8)) { stream.take($0) }
            Output.line("\n")
            guard answer.status == 200 else {
                return Output.line(
                    "  it failed: \(answer.status) \(answer.fault ?? String(decoding: answer.body, as: UTF8.self))")
            }
            Output.line(
                "  model    \(answer.header("x-tokenhub-model") ?? "?") of \(answer.header("x-tokenhub-provider") ?? "?")"
            )
            Output.line(
                "  why      \(answer.header("x-tokenhub-reason") ?? "?"): the highest weight among healthy models")
            guard let usage = stream.usage else { return }
            Output.line("  usage    \(usage.input) tokens in, \(usage.output) out")
            let model = answer.header("x-tokenhub-model") ?? ""
            if let cost = Simulated.cost(of: model, inputTokens: usage.input, outputTokens: usage.output) {
                Output.line("  cost     \(cost) USD")
            }
        } catch {
            Output.line("  it failed: \(error)")
        }
    }

    /// Ports tried from the configured one on.
    private static let portTries = 50
}
