import Adapters
import Store
import Testing

@testable import Gateway

@Suite struct TelemetryStatsTests {
    /// A time that begins an hour, so that the steps of all rings begin with it.
    private let start: Int64 = 1_771_243_200

    private func view(_ stats: Stats, _ now: Int64) -> LiveView {
        var view = LiveView()
        stats.show(in: &view, now: now)
        return view
    }

    @Test func everyLatencyHasThePlaceWhoseBoundsHoldIt() {
        for place in 0..<LatencyScale.count {
            let low = LatencyScale.lowerNS(of: place)
            #expect(LatencyScale.place(ofNS: low) == place)
            if place + 1 < LatencyScale.count {
                #expect(LatencyScale.place(ofNS: LatencyScale.lowerNS(of: place + 1) - 1) == place)
            }
        }
        #expect(LatencyScale.place(ofNS: 0) == 0 && LatencyScale.place(ofNS: .max) == LatencyScale.count - 1)
        #expect(LatencyScale.lowerNS(of: LatencyScale.count) > 540_000_000_000)
    }

    @Test func quantileIsWithinAnEighthOfTheExactOne() throws {
        let stats = Stats()
        let snapshot = try TelemetrySamples.snapshot()
        stats.take(
            TelemetrySamples.batch((1...1000).map { TelemetrySamples.record(milliseconds: $0) }, snapshot), now: start)
        let row = try #require(view(stats, start).global.first)
        #expect(row.requestCount == 1000)
        #expect(abs(row.averageLatencyMS - 500.5) < 0.01)
        #expect(abs(row.p95LatencyMS - 951) < 951 / 8)
    }

    @Test func trafficIsCountedWholeAndByEveryGroup() throws {
        let stats = Stats()
        let snapshot = try TelemetrySamples.snapshot()
        stats.take(
            TelemetrySamples.batch(
                [
                    TelemetrySamples.record(), TelemetrySamples.record(model: 1, provider: 1, key: 1, status: 502),
                    TelemetrySamples.record(status: 499, operation: .embeddings),
                    TelemetrySamples.record(model: -1, provider: -1, key: -1, status: 503, cost: 0),
                ], snapshot), now: start)
        let view = view(stats, start)
        #expect(view.global.map(\.window) == ["1m", "5m", "1h", "24h"])
        for row in view.global {
            #expect(row.requestCount == 4 && row.errorCount == 2 && row.costNanoUSD == 3000)
            #expect(row.inputTokens == 12 && row.outputTokens == 20)
        }
        func counts(_ rows: [StatsAggregate]) -> [String] {
            rows.filter { $0.window == "1h" }.map { "\($0.group) \($0.requestCount)/\($0.errorCount)" }
        }
        #expect(counts(view.byModel) == ["m0 2/0", "m1 1/1"])
        #expect(counts(view.byProvider) == ["p0 2/0", "p1 1/1"])
        #expect(counts(view.byAPIKey) == ["k0 2/0", "k1 1/1"])
        #expect(counts(view.byMode) == ["embeddings 1/0", "normal 3/2"])
    }

    @Test(arguments: [("1m", 60), ("5m", 300), ("1h", 3600), ("24h", 86_400)])
    func windowForgetsWhatIsOlderAndNothingElse(window: String, seconds: Int) throws {
        let stats = Stats()
        let snapshot = try TelemetrySamples.snapshot()
        let batch = TelemetrySamples.batch([TelemetrySamples.record()], snapshot)
        let length = Int64(seconds)
        func count(_ now: Int64) -> Int64 { view(stats, now).global.first { $0.window == window }?.requestCount ?? 0 }
        stats.take(batch, now: start)
        #expect(count(start) == 1)
        #expect(count(start + length - 1) == 1)
        #expect(count(start + length) == 0)
        // A steady stream: the window holds its length, less at most one step.
        let step = max(1, length / 240)
        for second in stride(from: start + 10 * length, to: start + 13 * length, by: Int(step)) {
            stats.take(batch, now: second)
        }
        let full = count(start + 13 * length - 1)
        #expect(full <= length / step && full >= length / step * 5 / 6 - 1, "\(full)")
    }

    @Test func snapshotsInAnyOrderCountForTheSameNames() throws {
        let stats = Stats()
        for version in [1, 2, 1, 3, 4, 5, 6, 1, 2] {
            // The same name has another index in every second snapshot.
            let models = version % 2 == 0 ? ["new", "m0"] : ["m0", "new"]
            let snapshot = try TelemetrySamples.snapshot(version: version, models: models)
            stats.take(
                TelemetrySamples.batch([TelemetrySamples.record(model: version % 2 == 0 ? 1 : 0)], snapshot),
                now: start)
        }
        #expect(view(stats, start).byModel.filter { $0.window == "1m" }.map(\.requestCount) == [9])
    }

    @Test func namesBeyondTheBoundAreOthersAndSilentOnesMakeRoom() throws {
        let stats = Stats()
        let bound = Gateway.Limits.statsKeysMax
        let names = (0..<bound + 10).map { "key\($0)" }
        let snapshot = try TelemetrySamples.snapshot(keys: names)
        stats.take(
            TelemetrySamples.batch(names.indices.map { TelemetrySamples.record(key: Int32($0)) }, snapshot), now: start)
        let rows = view(stats, start).byAPIKey.filter { $0.window == "1m" }
        #expect(rows.count == bound + 1)
        #expect(rows.first { $0.group == "other" }?.requestCount == 10)
        #expect(rows.reduce(0) { $0 + $1.requestCount } == Int64(names.count))
        let later = start + 26 * 3600
        let next = try TelemetrySamples.snapshot(version: 2, keys: ["late"])
        stats.take(TelemetrySamples.batch([TelemetrySamples.record()], next), now: later)
        #expect(view(stats, later).byAPIKey.filter { $0.window == "1m" }.map(\.group) == ["late"])
    }

    @Test func rowsOfAnEarlierRunFillTheWindowsTheyBelongTo() {
        let stats = Stats()
        let rows = [30, 200, 3000, 80_000].map { age in
            RequestRow(
                timestamp: Timestamp(milliseconds: (start - Int64(age)) * 1000), modelID: "m", providerID: "p",
                mode: "normal", costNanoUSD: 5, latencyMS: 20, apiKeyID: "id0", inputTokens: 1)
        }
        stats.seed(rows, keyNames: ["id0": "laptop"])
        let view = view(stats, start)
        #expect(view.global.map { "\($0.window) \($0.requestCount)" } == ["1m 1", "5m 2", "1h 3", "24h 4"])
        #expect(view.byAPIKey.last?.group == "laptop")
    }

    @Test func statsAreInTheAdminAnswer() throws {
        let desk = try Desk()
        let stats = Stats()
        let snapshot = try TelemetrySamples.snapshot()
        stats.take(TelemetrySamples.batch([TelemetrySamples.record()], snapshot), now: start)
        stats.show(in: &desk.live, now: start)
        let text = desk.say("GET", "stats")
        #expect(
            text.contains(
                #""by_model":{"1m":[{"window":"1m","model_id":"m0","request_count":1,"error_count":0,"error_rate":0"#),
            "\(text)")
        #expect(text.contains(#""api_key_name":"k0""#) && text.contains(#""total_cost_usd":1e-06"#), "\(text)")
    }
}
