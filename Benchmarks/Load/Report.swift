/// What a run found, as one JSON line and as a table.
struct Report {
    let tally: Tally
    /// Length of the measured window.
    let seconds: Double
    /// Exchanges without an end when the window closed; they are in no other figure.
    let unfinished: Int
    /// Exchanges of the open loop that were due and never left, because no connection was free.
    let unsent: Int
    let openConnections: Int
    /// The sampled process before the first connection, and at both ends of the window.
    let before: ProcessSample?
    let start: ProcessSample?
    let end: ProcessSample?
    let coreBusyUS: Int

    var cpuUS: Int { (end?.cpuUS ?? 0) - (start?.cpuUS ?? 0) }

    var json: String {
        var members: [(String, String)] = [
            ("seconds", fixed(seconds, 3)), ("requests", "\(tally.requests)"),
            ("errors", "\(tally.failureCount)"), ("errors_by_kind", failures),
            ("unfinished", "\(unfinished)"), ("unsent", "\(unsent)"), ("vanished", "\(tally.vanished)"),
            ("rps", fixed(Double(tally.requests) / seconds, 1)), ("bytes_in", "\(tally.bytesIn)"),
            ("events", "\(tally.events)"), ("events_per_s", fixed(Double(tally.events) / seconds, 1)),
            ("connects", "\(tally.connects)"), ("resumed_sessions", "\(tally.resumedSessions)"),
            ("open_connections", "\(openConnections)"), ("latency_us", quantiles(tally.latency)),
            ("ttfe_us", quantiles(tally.firstEvent)), ("gap_us", quantiles(tally.gap)),
            ("lag_us", quantiles(tally.lag)),
        ]
        if !tally.hashes.isEmpty {
            let hashes = tally.hashes.sorted { $0.value > $1.value }
            let listed = hashes.map { "\"\(String($0.key, radix: 16))\":\($0.value)" }.joined(separator: ",")
            members += [("hashes", "{\(listed)}"), ("hashes_beyond", "\(tally.hashesBeyond)")]
        }
        if !tally.numberedHashes.isEmpty || !tally.departures.isEmpty {
            let hashes = tally.numberedHashes.map { "\"\($0.number)\":\"\(String($0.hash, radix: 16))\"" }
            let departures = tally.departures.map { "\"\($0.number)\":\($0.at)" }
            members += [
                ("numbered_hashes", "{\(hashes.joined(separator: ","))}"),
                ("departures_ns", "{\(departures.joined(separator: ","))}"),
            ]
        }
        if let before, let end {
            members += [
                ("cpu_us", "\(cpuUS)"), ("cpu_us_per_request", perRequest), ("cpu_us_per_event", perEvent),
                ("rss_before_kb", "\(before.residentKB)"), ("rss_end_kb", "\(end.residentKB)"),
                ("pss_before_kb", "\(before.proportionalKB)"), ("pss_end_kb", "\(end.proportionalKB)"),
            ]
        }
        if coreBusyUS > 0 { members += [("core_busy_us", "\(coreBusyUS)")] }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    var table: String {
        var lines = [
            "\(tally.requests) answers in \(fixed(seconds, 2)) s: \(fixed(Double(tally.requests) / seconds, 1)) a second, "
                + "\(tally.failureCount) errors \(failures), \(unfinished) unfinished, \(unsent) never sent",
            "latency      " + line(tally.latency),
        ]
        if tally.events > 0 {
            lines.append("\(tally.events) events: \(fixed(Double(tally.events) / seconds, 1)) a second")
            lines.append("first event  " + line(tally.firstEvent))
            lines.append("gap          " + line(tally.gap))
        }
        if tally.lag.count > 0 { lines.append("send lag     " + line(tally.lag)) }
        if !tally.hashes.isEmpty { lines.append("\(tally.hashes.count) distinct bodies, +\(tally.hashesBeyond)") }
        if let end {
            lines.append(
                "cpu \(fixed(Double(cpuUS) / 1e6 / seconds * 100, 1)) % of a core, \(perRequest) us a request, "
                    + "\(perEvent) us an event; rss \(end.residentKB) KiB, pss \(end.proportionalKB) KiB")
        }
        return lines.joined(separator: "\n")
    }

    private var perRequest: String { tally.requests == 0 ? "null" : fixed(Double(cpuUS) / Double(tally.requests), 3) }
    private var perEvent: String { tally.events == 0 ? "null" : fixed(Double(cpuUS) / Double(tally.events), 4) }

    private var failures: String {
        let seen = Failure.allCases.filter { tally.failures[$0.index] > 0 }
        return "{" + seen.map { "\"\($0.rawValue)\":\(tally.failures[$0.index])" }.joined(separator: ",") + "}"
    }

    private func quantiles(_ histogram: Histogram) -> String {
        let named = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)]
        let values = named.map { "\"\($0.0)\":\(fixed(Double(histogram.percentile($0.1)) / 1e3, 1))" }
        let rest = "\"max\":\(fixed(Double(histogram.max) / 1e3, 1)),\"mean\":\(fixed(Double(histogram.mean) / 1e3, 1))"
        return "{" + values.joined(separator: ",") + "," + rest + ",\"count\":\(histogram.count)}"
    }

    private func line(_ histogram: Histogram) -> String {
        let named = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)]
        return named.map { "\($0.0) \(fixed(Double(histogram.percentile($0.1)) / 1e6, 3)) ms" }.joined(separator: "  ")
    }

    /// `value` with so many decimals.
    private func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        return sign + "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
