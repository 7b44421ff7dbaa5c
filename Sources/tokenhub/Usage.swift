// What the commands are.

enum Usage {
    static let text = """
        usage: tokenhub [command]

          serve          serve, configured by TOKENHUB_* (see README.md); the default
          demo           serve on loopback with three simulated providers, and show a first request
          sim            serve as a simulated provider: sim --listen 127.0.0.1:PORT [--reactor epoll|uring]
                         [--tls-cert FILE --tls-key FILE] [--chance FAULT=PERMILLE]...
          replay         score another routing policy on the decisions in the log:
                         replay --policy FILE [--db PATH] [--since TIME|24h] [--json]
          connect        print what points a tool at the gateway; the key is named by its file:
                         connect claude|codex|opencode|aider|env [--url URL] [--key-file FILE]
          healthcheck    exit 0 if the gateway at TOKENHUB_LISTEN_ADDR is healthy, else 1
          version, help
        """
}
