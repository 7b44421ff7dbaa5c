// `tokenhub healthcheck`: asks the gateway of this environment for its health, for container probes.

internal import Gateway
internal import Reactor

enum HealthCheckCommand {
    static func run() -> Int32 {
        let text = Environment.read()["TOKENHUB_LISTEN_ADDR"] ?? ":8090"
        guard let listen = ListenAddress(text.isEmpty ? ":8090" : text) else {
            Output.error("TOKENHUB_LISTEN_ADDR: '\(text)' is not [host]:port")
            return 1
        }
        let host = ["", "0.0.0.0", "::", "localhost"].contains(listen.host) ? "127.0.0.1" : listen.host
        guard let address = SocketAddress(literal: host, port: listen.port) else {
            Output.error("TOKENHUB_LISTEN_ADDR: '\(host)' is not an address")
            return 1
        }
        let request = Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard let answer = try? OneRequest.run(address, request), answer.status == 200 else { return 1 }
        return 0
    }
}
