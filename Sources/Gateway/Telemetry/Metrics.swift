// What `/metrics` tells: counters since the start, fed by the cores' records.

internal import Reactor

/// Lives on the control thread. Series are found by the snapshot's indices, so a record costs no look-up of a name.
package final class Metrics {
    /// What the control thread knows beside the records.
    package struct State {
        package var providers: [(id: String, health: ProviderHealth)] = []
        package var cores: [LoopFigures] = []
        package var adminRateLimitedCount = 0
        package var droppedRows = 0
        package var droppedLogBytes = 0
        package var droppedEvents = 0
        package init() {}
    }

    private let version: String
    private let writesLegacyNames: Bool
    private var series: [MetricSeries] = []
    private var numbers: [Name: Int] = [:]
    /// By `model * modes + mode`; no model stands behind the last.
    private var known = SnapshotNumbers()
    private var overhead = MetricHistogram()
    private var hedgeCount: Int64 = 0
    private var replayCount: Int64 = 0
    private var lostNanoUSD: Int64 = 0
    private var unwrittenRows = 0
    private let durations = MetricHistogram.Scale.durations
    private let overheads = MetricHistogram.Scale.overheads

    private struct Name: Hashable {
        let mode: Int
        let model: String
        let provider: String
    }

    /// - Parameter legacyNames: writes the original's `tokenhub_request_latency_ms` as well.
    package init(version: String, legacyNames: Bool = true) {
        self.version = version
        writesLegacyNames = legacyNames
    }

    package func take(_ batch: RecordBatch) {
        let snapshot = batch.snapshot
        for record in batch.records {
            series[number(record, snapshot)].add(record)
            hedgeCount &+= Int64(record.hedgeCount)
            if record.isReplay { replayCount &+= 1 }
            lostNanoUSD &+= record.lostNanoUSD
            if record.overheadNS > 0 { overhead.add(record.overheadNS, at: overheads.place(of: record.overheadNS)) }
        }
    }

    /// Rows that the store refused.
    package func countDropped(_ rows: Int) { unwrittenRows += rows }

    private func number(_ record: borrowing RequestRecord, _ snapshot: Snapshot) -> Int {
        let modes = RequestRecord.modes.count
        let model = record.model >= 0 ? Int(record.model) : snapshot.models.count
        let index = model &* modes &+ record.modeIndex
        let found = known.number(version: snapshot.version, index: index)
        if found >= 0 { return found }
        let made = make(
            Name(
                mode: record.modeIndex, model: record.model >= 0 ? snapshot.models[model].id : "",
                provider: record.provider >= 0 ? snapshot.providers[Int(record.provider)].id : ""))
        known.set(made, version: snapshot.version, index: index, size: (snapshot.models.count + 1) * modes)
        return made
    }

    private func make(_ wanted: Name) -> Int {
        var name = wanted
        if let number = numbers[name] { return number }
        if series.count >= Limits.metricSeriesMax {
            name = Name(mode: wanted.mode, model: StatsGroups.otherName, provider: StatsGroups.otherName)
            if let number = numbers[name] { return number }
        }
        numbers[name] = series.count
        series.append(
            MetricSeries(mode: RequestRecord.modes[name.mode], model: name.model, provider: name.provider))
        return series.count - 1
    }

    // MARK: Text

    func text(_ state: State, as format: MetricsText.Format = .prometheus) -> [UInt8] {
        var text = MetricsText(format)
        writeRequests(into: &text)
        writeTimes(into: &text)
        writeMoney(into: &text)
        writeControl(state, into: &text)
        writeCores(state.cores, into: &text)
        return text.take()
    }

    private func labels(_ one: MetricSeries) -> [MetricsText.Label] {
        [("mode", one.mode), ("model", one.model), ("provider", one.provider)]
    }

    private func writeRequests(into text: inout MetricsText) {
        text.family(
            "tokenhub_requests_total", .counter,
            "Requests by outcome; cancelled: the client left. Model and provider are empty where none was chosen.")
        for one in series {
            for outcome in RequestRecord.Outcome.allCases where one.requestCounts[outcome.rawValue] > 0 {
                text.sample(labels(one) + [("status", outcome.label.description)], one.requestCounts[outcome.rawValue])
            }
        }
        text.family("tokenhub_request_errors_total", .counter, "Failed requests by the status their client got.")
        for one in series {
            for error in one.errors { text.sample(labels(one) + [("http_status", "\(error.status)")], error.count) }
        }
    }

    private func writeTimes(into text: inout MetricsText) {
        text.family(
            "tokenhub_request_duration_seconds", .histogram, "From the whole request to the last byte of its answer.")
        for one in series { text.histogram(labels(one), one.duration, durations, unitNS: 1e9) }
        text.family(
            "tokenhub_time_to_first_token_seconds", .histogram,
            "From the whole request to the first content event of a stream.")
        for one in series where one.firstToken.count > 0 {
            text.histogram(labels(one), one.firstToken, durations, unitNS: 1e9)
        }
        text.family(
            "tokenhub_overhead_seconds", .histogram,
            "Time a request spent in the gateway itself before its answer began.")
        text.histogram([], overhead, overheads, unitNS: 1e9)
        guard writesLegacyNames else { return }
        text.family(
            "tokenhub_request_latency_ms", .histogram,
            "Successful requests only, in milliseconds; replaced by tokenhub_request_duration_seconds.")
        for one in series where one.legacyLatency.count > 0 {
            text.histogram(labels(one), one.legacyLatency, .legacy, unitNS: 1e6)
        }
    }

    private func writeMoney(into text: inout MetricsText) {
        // These have no label for the mode: what two modes did with one model is one sample.
        var sums: [(labels: [MetricsText.Label], cost: Int64, unpriced: Int64, input: Int64, output: Int64)] = []
        var places: [Name: Int] = [:]
        for one in series {
            let name = Name(mode: 0, model: one.model, provider: one.provider)
            let place = places[name] ?? sums.count
            if place == sums.count {
                places[name] = place
                sums.append(([("model", one.model), ("provider", one.provider)], 0, 0, 0, 0))
            }
            sums[place].cost &+= one.costNanoUSD
            sums[place].unpriced &+= one.unpricedCount
            sums[place].input &+= one.inputTokens
            sums[place].output &+= one.outputTokens
        }
        text.family("tokenhub_cost_usd_total", .counter, "Dollars that answers have cost, where prices are known.")
        for sum in sums { text.sample(sum.labels, nanoUSD: sum.cost) }
        text.family(
            "tokenhub_unpriced_requests_total", .counter, "Requests whose cost is not known: the model has no price.")
        for sum in sums where sum.unpriced > 0 { text.sample(sum.labels, sum.unpriced) }
        text.family(
            "tokenhub_idempotency_replays_total", .counter,
            "Requests answered with what the same Idempotency-Key was answered before; they cost nothing.")
        text.sample([], replayCount)
        text.family("tokenhub_hedges_total", .counter, "Attempts made beside one that was slow.")
        text.sample([], hedgeCount)
        text.family(
            "tokenhub_hedge_lost_usd_total", .counter, "Dollars of answers thrown away for another, by estimate.")
        text.sample([], nanoUSD: lostNanoUSD)
        text.family("tokenhub_tokens_total", .counter, "Tokens as providers counted them.")
        for sum in sums {
            text.sample(sum.labels + [("direction", "input")], sum.input)
            text.sample(sum.labels + [("direction", "output")], sum.output)
        }
    }

    private func writeControl(_ state: State, into text: inout MetricsText) {
        text.family("tokenhub_rate_limited_total", .counter, "Requests to /v1 refused by a rate limit.")
        text.sample(state.cores.reduce(0) { $0 + $1.rateLimitedCount })
        text.family("tokenhub_admin_rate_limited_total", .counter, "Requests to /admin/v1 refused by the rate limit.")
        text.sample(state.adminRateLimitedCount)
        text.family("tokenhub_provider_health_state", .gauge, "2: healthy, 1: degraded, 0: down.")
        for provider in state.providers {
            let value: Int64 =
                switch provider.health.state {
                case .healthy: 2
                case .degraded: 1
                case .down: 0
                }
            text.sample([("provider", provider.id)], value)
        }
        text.family("tokenhub_store_dropped_total", .counter, "Rows that could not be written.")
        text.sample([("op", "log_request")], Int64(state.droppedRows + unwrittenRows))
        text.family("tokenhub_log_dropped_bytes_total", .counter, "Bytes of log that nobody read in time.")
        text.sample(state.droppedLogBytes)
        text.family("tokenhub_events_dropped_total", .counter, "Events that a listener of /admin/v1/events has missed.")
        text.sample(state.droppedEvents)
        text.family("tokenhub_build_info", .gauge, "Always 1; says which build runs on which reactor.")
        text.sample([("version", version), ("reactor", state.cores.first?.driver ?? "")], 1)
    }

    private func writeCores(_ cores: [LoopFigures], into text: inout MetricsText) {
        func family(
            _ name: StaticString, _ kind: MetricsText.Kind, _ help: StaticString, _ value: (LoopFigures) -> Int
        ) {
            text.family(name, kind, help)
            for core in cores { text.sample([("core", "\(core.core)")], Int64(value(core))) }
        }
        family("tokenhub_open_connections", .gauge, "Clients connected.") { $0.clientCount }
        family("tokenhub_open_upstream_connections", .gauge, "Connections to providers, idle ones included.") {
            $0.upstreamCount
        }
        family("tokenhub_open_exchanges", .gauge, "Requests under way.") { $0.exchangeCount }
        family("tokenhub_blocks_in_use", .gauge, "Buffers taken from the pool.") { $0.blocksTaken }
        family("tokenhub_connections_accepted_total", .counter, "Client connections accepted.") {
            $0.counters.acceptedCount
        }
        family("tokenhub_connections_refused_total", .counter, "Client connections turned away at a bound.") {
            $0.counters.refusedCount
        }
        family("tokenhub_connection_handovers_total", .counter, "Connections handed to a less busy core.") {
            $0.counters.handedOverCount
        }
        family("tokenhub_accept_pauses_total", .counter, "Times accepting was paused for want of descriptors.") {
            $0.counters.acceptPauseCount
        }
        family("tokenhub_http_requests_total", .counter, "HTTP requests read, of every path.") {
            $0.counters.requestCount
        }
        family("tokenhub_upstream_connects_total", .counter, "Connections opened to providers.") {
            $0.counters.connectCount
        }
        family("tokenhub_upstream_reuses_total", .counter, "Attempts made on a connection that was kept.") {
            $0.counters.upstreamReuseCount
        }
        family("tokenhub_tls_handshakes_total", .counter, "TLS handshakes completed.") {
            $0.counters.tlsHandshakeCount
        }
        family("tokenhub_received_bytes_total", .counter, "Bytes received from clients and providers.") {
            $0.counters.receivedBytes
        }
        family("tokenhub_sent_bytes_total", .counter, "Bytes sent to clients and providers.") { $0.counters.sentBytes }
        family("tokenhub_loop_ticks_total", .counter, "Turns of the loop.") { $0.counters.tickCount }
    }
}
