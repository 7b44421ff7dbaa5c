// The counters of one combination of mode, model and provider since the start.

internal import Adapters

struct MetricSeries {
    let mode: String
    let model: String
    let provider: String
    /// By `RequestRecord.Outcome`.
    private(set) var requestCounts = InlineArray<3, Int64>(repeating: 0)
    private(set) var duration = MetricHistogram()
    private(set) var firstToken = MetricHistogram()
    /// The original's: successes only.
    private(set) var legacyLatency = MetricHistogram()
    private(set) var costNanoUSD: Int64 = 0
    /// Requests that used tokens of a model whose price is not known.
    private(set) var unpricedCount: Int64 = 0
    private(set) var inputTokens: Int64 = 0
    private(set) var outputTokens: Int64 = 0
    private(set) var errors: [(status: Int32, count: Int64)] = []

    init(mode: String, model: String, provider: String) {
        self.mode = mode
        self.model = model
        self.provider = provider
    }

    mutating func add(_ record: borrowing RequestRecord) {
        let outcome = RequestRecord.Outcome(status: Int(record.status))
        requestCounts[outcome.rawValue] &+= 1
        duration.add(record.durationNS, at: MetricHistogram.Scale.durations.place(of: record.durationNS))
        if record.isStream, record.firstTokenNS > 0 {
            firstToken.add(record.firstTokenNS, at: MetricHistogram.Scale.durations.place(of: record.firstTokenNS))
        }
        switch outcome {
        case .ok:
            legacyLatency.add(record.durationNS, at: MetricHistogram.Scale.legacyPlace(of: record.durationNS))
        case .error: countError(record.status)
        case .cancelled: break
        }
        if let cost = record.costNanoUSD { costNanoUSD &+= cost } else { unpricedCount &+= 1 }
        inputTokens &+= record.usage.inputTokens
        outputTokens &+= record.usage.outputTokens
    }

    private mutating func countError(_ status: Int32) {
        if let index = errors.firstIndex(where: { $0.status == status }) {
            errors[index].count &+= 1
        } else if errors.count < Limits.metricStatusesMax {
            errors.append((status, 1))
        } else {
            errors[errors.count - 1].count &+= 1
        }
    }
}
