// From a core's record to a row of the store.

internal import Adapters
package import Store

extension RequestRow {
    package init(_ record: RequestRecord, _ snapshot: Snapshot) {
        self.init(
            timestamp: Timestamp(milliseconds: Int64(record.startedAt / 1_000_000)),
            modelID: record.model >= 0 ? snapshot.models[Int(record.model)].id : "",
            providerID: record.provider >= 0 ? snapshot.providers[Int(record.provider)].id : "",
            mode: RequestRecord.modes[record.modeIndex], costNanoUSD: record.costNanoUSD,
            assumedNanoUSD: record.assumedNanoUSD,
            latencyMS: Int(record.durationNS / 1_000_000),
            firstTokenMS: record.isStream && record.firstTokenNS > 0 ? Int(record.firstTokenNS / 1_000_000) : nil,
            statusCode: Int(record.status), errorClass: record.errorLabel.description,
            requestID: record.requestID.string, apiKeyID: record.key >= 0 ? snapshot.keys[Int(record.key)].id : "",
            inputTokens: Int(record.usage.inputTokens), outputTokens: Int(record.usage.outputTokens),
            attempts: Int(record.attemptCount), isStream: record.isStream, reason: record.reasonText)
    }
}
