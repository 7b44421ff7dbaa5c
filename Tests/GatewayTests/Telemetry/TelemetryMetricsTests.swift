import Adapters
import Reactor
import Testing

@testable import Gateway

@Suite struct TelemetryMetricsTests {
    private func text(
        _ metrics: Metrics, _ state: Metrics.State = Metrics.State(), as format: MetricsText.Format = .prometheus
    ) -> String {
        String(decoding: metrics.text(state, as: format), as: UTF8.self)
    }

    private func filled() throws -> Metrics {
        let metrics = Metrics(version: "1.2.3")
        let snapshot = try TelemetrySamples.snapshot(models: ["m0", "m\"1\\\n"])
        metrics.take(
            TelemetrySamples.batch(
                [
                    TelemetrySamples.record(milliseconds: 10), TelemetrySamples.record(milliseconds: 11),
                    TelemetrySamples.record(milliseconds: 700_000, firstTokenMS: 40),
                    TelemetrySamples.record(operation: .embeddings),
                    TelemetrySamples.record(model: 1, provider: 1, status: 502, cost: nil),
                    TelemetrySamples.record(status: 499),
                    TelemetrySamples.record(model: -1, provider: -1, status: 503, cost: 0),
                ], snapshot))
        return metrics
    }

    private func state() -> Metrics.State {
        var state = Metrics.State()
        var down = ProviderHealth()
        for _ in 0..<5 { down.failed("x", retryAfterNS: nil, now: 1, wallClock: 1) }
        state.providers = [("p0", ProviderHealth()), ("p1", down)]
        var counters = LoopCounters()
        counters.acceptedCount = 7
        state.cores = (0..<2).map { core in
            LoopFigures(
                core: core, driver: "epoll", counters: counters, clientCount: 3, upstreamCount: 2, exchangeCount: 1,
                blocksTaken: 4, rateLimitedCount: 5)
        }
        state.adminRateLimitedCount = 2
        state.droppedRows = 6
        return state
    }

    @Test func textIsWellFormedInBothFormats() throws {
        let metrics = try filled()
        _ = try MetricsReader(text(metrics, state()))
        let open = try MetricsReader(text(metrics, state(), as: .openMetrics), isOpenMetrics: true)
        #expect(open.families["tokenhub_requests"]?.type == "counter")
        #expect(
            open.values[
                #"tokenhub_request_duration_seconds_bucket{mode="embeddings",model="m0",provider="p0",le="1.0"}"#] == 1)
        // A gateway that nobody has asked anything yet.
        _ = try MetricsReader(text(Metrics(version: "")))
        _ = try MetricsReader(text(Metrics(version: ""), as: .openMetrics), isOpenMetrics: true)
    }

    @Test func replaysAreCounted() throws {
        let metrics = try filled()
        var replay = TelemetrySamples.record(model: -1, provider: -1, cost: 0)
        replay.isReplay = true
        metrics.take(TelemetrySamples.batch([replay, replay], try TelemetrySamples.snapshot()))
        #expect(try MetricsReader(text(metrics)).values["tokenhub_idempotency_replays_total"] == 2)
    }

    @Test func countersSayWhatTheRecordsSay() throws {
        let metrics = try filled()
        metrics.countDropped(3)
        let read = try MetricsReader(text(metrics, state()))
        let m0 = #"mode="normal",model="m0",provider="p0""#
        let m1 = #"mode="normal",model="m\"1\\\n",provider="p1""#
        let expected: [(String, Double)] = [
            (#"tokenhub_requests_total{\#(m0),status="ok"}"#, 3),
            (#"tokenhub_requests_total{\#(m0),status="cancelled"}"#, 1),
            (#"tokenhub_requests_total{mode="embeddings",model="m0",provider="p0",status="ok"}"#, 1),
            (#"tokenhub_requests_total{\#(m1),status="error"}"#, 1),
            (#"tokenhub_request_errors_total{\#(m1),http_status="502"}"#, 1),
            (#"tokenhub_request_errors_total{mode="normal",model="",provider="",http_status="503"}"#, 1),
            (#"tokenhub_cost_usd_total{model="m0",provider="p0"}"#, 0.000005),
            (#"tokenhub_unpriced_requests_total{model="m\"1\\\n",provider="p1"}"#, 1),
            (#"tokenhub_tokens_total{model="m0",provider="p0",direction="input"}"#, 15),
            (#"tokenhub_tokens_total{model="m0",provider="p0",direction="output"}"#, 25),
            (#"tokenhub_request_duration_seconds_bucket{\#(m0),le="0.01"}"#, 2),
            (#"tokenhub_request_duration_seconds_bucket{\#(m0),le="0.025"}"#, 3),
            (#"tokenhub_request_duration_seconds_bucket{\#(m0),le="600"}"#, 3),
            (#"tokenhub_request_duration_seconds_bucket{\#(m0),le="+Inf"}"#, 4),
            (#"tokenhub_request_duration_seconds_sum{\#(m0)}"#, 700.031),
            (#"tokenhub_time_to_first_token_seconds_bucket{\#(m0),le="0.05"}"#, 1),
            (#"tokenhub_overhead_seconds_bucket{le="5e-05"}"#, 7),
            (#"tokenhub_request_latency_ms_bucket{\#(m0),le="10"}"#, 1),
            (#"tokenhub_request_latency_ms_bucket{\#(m0),le="20"}"#, 2),
            (#"tokenhub_request_latency_ms_count{\#(m0)}"#, 3),
            ("tokenhub_rate_limited_total", 10), ("tokenhub_admin_rate_limited_total", 2),
            (#"tokenhub_provider_health_state{provider="p0"}"#, 2),
            (#"tokenhub_provider_health_state{provider="p1"}"#, 0),
            (#"tokenhub_store_dropped_total{op="log_request"}"#, 9),
            (#"tokenhub_build_info{version="1.2.3",reactor="epoll"}"#, 1),
            (#"tokenhub_connections_accepted_total{core="1"}"#, 7), (#"tokenhub_open_connections{core="0"}"#, 3),
            (#"tokenhub_blocks_in_use{core="0"}"#, 4), (#"tokenhub_open_exchanges{core="0"}"#, 1),
        ]
        for (key, value) in expected { #expect(read.values[key] == value, "\(key)") }
    }

    @Test func legacyNamesCanBeTurnedOff() throws {
        #expect(try text(filled()).contains("tokenhub_request_latency_ms"))
        let metrics = Metrics(version: "", legacyNames: false)
        metrics.take(TelemetrySamples.batch([TelemetrySamples.record()], try TelemetrySamples.snapshot()))
        #expect(!text(metrics).contains("latency_ms"))
    }

    @Test func seriesAreBoundedAndTheRestIsCountedTogether() throws {
        let metrics = Metrics(version: "")
        let bound = Gateway.Limits.metricSeriesMax
        let models = (0..<bound + 50).map { "model\($0)" }
        let snapshot = try TelemetrySamples.snapshot(models: models)
        for _ in 0..<2 {
            metrics.take(
                TelemetrySamples.batch(models.indices.map { TelemetrySamples.record(model: Int32($0)) }, snapshot))
        }
        let read = try MetricsReader(text(metrics))
        let family = try #require(read.families["tokenhub_requests_total"])
        #expect(family.samples.count == bound + 1)
        #expect(family.samples.reduce(0) { $0 + $1.value } == Double(2 * models.count))
        #expect(
            read.values[#"tokenhub_requests_total{mode="normal",model="other",provider="other",status="ok"}"#] == 100)
    }

    @Test func placesOfHistogramsAgreeWithTheirBounds() {
        let scale = MetricHistogram.Scale.legacy
        for place in 0..<18 {
            for nanoseconds in [scale.boundsNS[place], scale.boundsNS[place] + 1] {
                #expect(MetricHistogram.Scale.legacyPlace(of: nanoseconds) == scale.place(of: nanoseconds))
            }
        }
        #expect(scale.place(of: 0) == 0 && MetricHistogram.Scale.legacyPlace(of: 0) == 0)
        #expect(scale.place(of: .max) == 18 && MetricHistogram.Scale.legacyPlace(of: .max) == 18)
    }

    /// Nothing in a label may be a key's or a request's id: labels live for ever and are copied everywhere.
    @Test func labelsAreFromAClosedList() throws {
        let read = try MetricsReader(text(filled(), state()))
        let allowed: Set<String> = [
            "mode", "model", "provider", "status", "http_status", "direction", "op", "core", "version", "reactor", "le",
        ]
        for key in read.values.keys {
            guard let brace = key.firstIndex(of: "{") else { continue }
            var rest = key[key.index(after: brace)...]
            while let equals = rest.firstRange(of: "=\"") {
                let name = String(rest[..<equals.lowerBound].reversed().prefix { $0.isLetter || $0 == "_" }.reversed())
                #expect(allowed.contains(name), "\(key)")
                rest = rest[equals.upperBound...]
            }
        }
    }
}
