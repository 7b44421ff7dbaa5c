// health, stats, logs, audit, rewards.

import Store
import Wire

extension AdminAPI {
    func health(_ request: AdminRequest, _ live: LiveView) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        let seen = Set(live.health.map(\.providerID))
        let unseen = state.snapshot.providers.filter { $0.isEnabled && !seen.contains($0.id) }
            .map { HealthRow(providerID: $0.id) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("providers")
        writer.beginArray()
        for row in live.health + unseen { writer.health(row) }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    func stats(_ request: AdminRequest, _ live: LiveView) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("global")
        writer.beginArray()
        for row in live.global { writer.aggregate(row, groupName: nil) }
        writer.endArray()
        writer.windows("by_model", live.byModel, groupName: "model_id")
        writer.windows("by_provider", live.byProvider, groupName: "provider_id")
        writer.windows("by_api_key", live.byAPIKey, groupName: "api_key_name")
        writer.windows("by_mode", live.byMode, groupName: "mode")
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    func logs(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        let (limit, offset) = try logPage(request)
        let rows = try read { () throws(StoreFault) in
            try state.database.requestLogs.newest(limit: limit, offset: offset)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("logs")
        writer.beginArray()
        for row in rows { writer.requestLog(row) }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    func audit(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        let (limit, offset) = try logPage(request)
        let rows = try read { () throws(StoreFault) in
            try state.database.auditLogs.newest(limit: limit, offset: offset)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("logs")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.member("id", row.id)
            writer.member("timestamp", row.timestamp.description)
            writer.member("action", row.action)
            writer.member("resource", row.resource)
            if !row.detail.isEmpty { writer.member("detail", row.detail) }
            if !row.requestID.isEmpty { writer.member("request_id", row.requestID) }
            if !row.doneBy.isEmpty { writer.member("actor", row.doneBy) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    func rewards(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        let (limit, offset) = try logPage(request)
        let rows = try read { () throws(StoreFault) in try state.database.rewards.newest(limit: limit, offset: offset) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("rewards")
        writer.beginArray()
        for row in rows { writer.reward(row) }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    private func logPage(_ request: AdminRequest) throws(AdminFault) -> (limit: Int, offset: Int) {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        let query = try AdminQuery(request.query)
        return (try query.limit(standard: Store.Limits.logRowsDefault), try query.offset())
    }
}

extension JSONWriter {
    /// A time that has not come is the year 1, as in the original.
    private mutating func time(_ name: StaticString, _ value: Timestamp?) {
        member(name, value?.description ?? "0001-01-01T00:00:00Z")
    }

    mutating func health(_ row: HealthRow) {
        beginObject()
        member("provider_id", row.providerID)
        member("state", row.state)
        member("total_requests", row.requestCount)
        member("total_errors", row.errorCount)
        member("consec_errors", row.consecutiveErrorCount)
        member("avg_latency_ms", row.averageLatencyMS)
        if !row.lastError.isEmpty { member("last_error", row.lastError) }
        time("last_error_time", row.lastErrorAt)
        time("last_success_at", row.lastSuccessAt)
        time("cooldown_until", row.cooldownUntil)
        if let probe = row.probe {
            key("probe")
            health(probe)
        }
        endObject()
    }

    private mutating func health(_ probe: ProbeResult) {
        beginObject()
        member("state", probe.finding.label)
        if probe.status > 0 { member("status", probe.status) }
        if probe.cause.utf8CodeUnitCount > 0 { member("error", probe.cause) }
        member("latency_ms", Double(probe.latencyNS) / 1_000_000)
        time("checked_at", Timestamp(milliseconds: Int64(probe.startedAt / 1_000_000)))
        member("consec_failures", probe.missCount)
        endObject()
    }

    mutating func windows(_ name: StaticString, _ rows: [StatsAggregate], groupName: StaticString) {
        key(name)
        beginObject()
        var written: Set<String> = []
        for row in rows where written.insert(row.window).inserted {
            key(row.window)
            beginArray()
            for member in rows where member.window == row.window { aggregate(member, groupName: groupName) }
            endArray()
        }
        endObject()
    }

    mutating func aggregate(_ row: StatsAggregate, groupName: StaticString?) {
        beginObject()
        member("window", row.window)
        if let groupName { member(groupName, row.group) }
        member("request_count", row.requestCount)
        member("error_count", row.errorCount)
        member("error_rate", row.requestCount > 0 ? Double(row.errorCount) / Double(row.requestCount) : 0)
        member("avg_latency_ms", row.averageLatencyMS)
        member("p95_latency_ms", row.p95LatencyMS)
        member("total_cost_usd", NanoUSD.dollars(row.costNanoUSD))
        member("input_tokens", row.inputTokens)
        member("output_tokens", row.outputTokens)
        member("total_tokens", row.inputTokens + row.outputTokens)
        endObject()
    }

    mutating func requestLog(_ row: RequestRow) {
        beginObject()
        member("id", row.id)
        member("timestamp", row.timestamp.description)
        member("model_id", row.modelID)
        member("provider_id", row.providerID)
        member("mode", row.mode)
        price("estimated_cost_usd", row.costNanoUSD)
        member("latency_ms", row.latencyMS)
        member("status_code", row.statusCode)
        if !row.errorClass.isEmpty { member("error_class", row.errorClass) }
        if !row.requestID.isEmpty { member("request_id", row.requestID) }
        if !row.apiKeyID.isEmpty { member("api_key_id", row.apiKeyID) }
        member("input_tokens", row.inputTokens)
        member("output_tokens", row.outputTokens)
        member("total_tokens", row.totalTokens)
        if !row.aliasFrom.isEmpty { member("alias_from", row.aliasFrom) }
        member("attempts", row.attempts)
        member("stream", row.isStream)
        if row.providerStatus > 0 { member("provider_status", row.providerStatus) }
        if let first = row.firstTokenMS { member("ttft_ms", first) }
        if !row.reason.isEmpty { member("reason", row.reason) }
        endObject()
    }

    mutating func reward(_ row: RewardRow) {
        beginObject()
        member("id", row.id)
        member("timestamp", row.timestamp.description)
        if !row.requestID.isEmpty { member("request_id", row.requestID) }
        member("model_id", row.modelID)
        member("provider_id", row.providerID)
        member("mode", row.mode)
        member("estimated_tokens", row.estimatedTokens)
        member("token_bucket", row.tokenBucket)
        member("latency_budget_ms", row.latencyBudgetMS)
        member("latency_ms", row.latencyMS)
        member("cost_usd", NanoUSD.dollars(row.costNanoUSD))
        member("success", row.isSuccess)
        if !row.errorClass.isEmpty { member("error_class", row.errorClass) }
        member("reward", row.reward)
        endObject()
    }
}
