// `tokenhub serve`: the gateway until SIGTERM.

internal import Gateway
internal import Reactor

enum ServeCommand {
    static func run() -> Int32 {
        let signals = Signals()
        do {
            let configuration = try Configuration(Environment.read())
            // Keys are in this memory: no core dump of it, and no other process of this user may look into it.
            if configuration.logLevel > .debug { ProcessMemory.keepPrivate() }
            let server = try Server(configuration, version: Version.text)
            announce(server.started)
            wait(signals, server)
            return 0
        } catch {
            Output.error("\(error)")
            return 1
        }
    }

    static func announce(_ started: Server.Started) {
        for notice in started.notices { Output.error(notice) }
        let scheme = started.isSecure ? "https" : "http"
        Output.error(
            "serving on \(scheme)://\(Addresses.text(started.address)) with \(started.coreCount) core(s) on \(started.driver), "
                + "\(started.providerCount) provider(s), \(started.modelCount) model(s)")
        if let path = started.adminTokenPath { Output.error("the admin token is in \(path)") }
        if let path = started.hostKeyPath { Output.error("a client key is in \(path)") }
        if started.modelCount == 0 { Output.error("no models yet: add a provider and models through /admin/v1") }
    }

    /// Serves until it is told to stop; what is under way may finish. A second signal ends it at once.
    static func wait(_ signals: Signals, _ server: Server) {
        while true {
            switch signals.wait() {
            case .reload: server.reload()
            case .terminate:
                Output.error("draining")
                server.drain()
                signals.surrender()
                return server.join()
            }
        }
    }
}
