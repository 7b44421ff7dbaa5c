import Adapters
import CAllocations
import Gateway
import Reactor
import Sim
import Wire

/// A whole exchange on a core: a real loop with a real data plane, between a client and a simulated provider that have
/// threads of their own. What is counted is what the core's thread allocates.
struct WholePath: Sendable {
    let name: String
    let body: String
    /// Fields that shape the answer, each with CRLF.
    var fields = ""
    /// Allocations per exchange.
    let allocationsMax: Double
    /// Exchanges by which the full number is divided, where one is long.
    var divisor = 1

    static let all = [
        WholePath(
            name: "exchange: small chat, whole",
            body: #"{"model":"model-0","messages":[{"role":"user","content":"What is a gateway?"}]}"#,
            allocationsMax: 0),
        WholePath(
            name: "exchange: stream of 200 events",
            body: #"{"model":"model-0","stream":true,"messages":[{"role":"user","content":"What is a gateway?"}]}"#,
            fields: "x-sim-tokens: 198\r\n", allocationsMax: 0, divisor: 10),
    ]

    /// Twenty times a second a core reports to the control thread: rows, log, health and figures, in messages that are handed
    /// over. These so many allocations (measured: 8 to 23) are the clock's, however few exchanges come meanwhile.
    private static let allocationsPerReport = 32.0
    private static let reportNanoseconds = 50_000_000.0

    private static let key = "tokenhub_" + String(repeating: "0123456789abcdef", count: 4)

    private struct NoLoopback: Error {}

    func measure(runs: Int, exchanges: Int) throws -> Measured {
        let exchanges = exchanges / divisor
        let sim = try SimHost(profile: SimProfile(), seed: 1)
        defer { sim.stop() }
        let link = ControlLink(mailbox: try Mailbox())
        let plane = DataPlane(
            core: 0, snapshot: try WholePath.snapshot(sim.address), control: link, addresses: AddressRates(),
            settings: DataPlane.Settings(), seed: 1)
        let loop = try Loop(
            core: 0, driver: Driver.make(.auto), settings: Loop.Settings(driver: .auto), peers: Peers(count: 1),
            resolver: nil, service: plane)
        guard let loopback = SocketAddress(literal: "127.0.0.1", port: 0) else { throw NoLoopback() }
        let address = try loop.listen(loopback)
        let (thread, mailbox) = try startCaller(address, link)
        defer {
            mailbox.post(.drain(withinMS: 0))
            thread.join()
        }
        // What grows to its size once has grown after a while.
        while loop.counters.requestCount < max(200, exchanges / 5) { try loop.tick() }
        var nanoseconds: [Double] = []
        let begun = loop.clock
        let before = (loop.counters.requestCount, tokenhub_thread_allocation_count())
        for _ in 0..<runs {
            let (start, first) = (loop.clock, loop.counters.requestCount)
            while loop.counters.requestCount < first + exchanges { try loop.tick() }
            nanoseconds.append(Double(loop.clock - start) / Double(loop.counters.requestCount - first))
        }
        let reports = Double(loop.clock - begun) / WholePath.reportNanoseconds + 1
        let allocations =
            Double(tokenhub_thread_allocation_count() - before.1) - reports * WholePath.allocationsPerReport
        return Measured(
            bench: Bench(name, allocationsMax: allocationsMax) { _ in 0 }, nanoseconds: nanoseconds.sorted(),
            allocations: max(0, allocations) / Double(loop.counters.requestCount - before.0), checksum: 0)
    }

    private func startCaller(_ address: SocketAddress, _ link: ControlLink) throws -> (Thread, Mailbox) {
        let head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(WholePath.key)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n"
        let request = Array((head + body).utf8)
        let peers = try Peers(count: 1)
        let thread = try Thread(name: "caller") {
            do {
                let caller = Caller(request: request, to: address, connectionCount: 4, control: link)
                let loop = try Loop(
                    core: 0, driver: Driver.make(.auto), settings: Loop.Settings(driver: .auto), peers: peers,
                    resolver: nil, service: caller)
                caller.begin()
                try loop.run()
            } catch {
                preconditionFailure("the caller: \(error)")
            }
        }
        return (thread, peers.mailboxes[0])
    }

    /// One provider, one model with prices, one key with a limit and a budget: the whole path.
    private static func snapshot(_ address: SocketAddress) throws -> Snapshot {
        let host = Array("\(address.host):\(address.port)".utf8)
        let target = try Target(
            provider: .sim, host: host.span, basePath: Span(), key: Span(), userAgent: "tokenhub-micro")
        let provider = ProviderEntry(
            id: "sim", dialect: .sim, target: target, host: address.host, port: address.port, isSecure: false,
            isEnabled: true)
        let model = ModelEntry(
            id: "model-0", literal: JSONLiteral.of("model-0"), provider: 0, weight: 5, contextTokensMax: 128_000,
            prices: Prices(inputPer1K: 150_000, outputPer1K: 600_000), isEnabled: true)
        let text = Array(key.utf8)
        let digest = SHA256.hash(text.span)
        let entry = KeyEntry(
            id: "key-0", name: "key", digest: digest.indices.map { digest[$0] }, scopes: .all, isEnabled: true,
            expiresAt: nil, rateLimitRPS: 1_000_000, monthlyBudgetNanoUSD: 1_000_000_000_000_000, state: KeyState())
        var settings = Snapshot.Settings()
        settings.rateLimitRPS = 1_000_000
        settings.rateLimitBurst = 1_000_000
        return Snapshot(version: 1, settings: settings, providers: [provider], models: [model], keys: [entry])
    }
}
