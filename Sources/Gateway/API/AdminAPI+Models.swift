// models, engine/models.

import Adapters
import Store
import Wire

extension AdminAPI {
    func models(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "GET":
            let rows = try read { () throws(StoreFault) in try state.database.models.all() }
            return try AdminAPI.page(rows, request) { row, writer in
                writer.model(row, isSuspended: state.suspended.contains(row.id))
            }
        case "POST":
            let body = try AdminBody(request.body)
            let id = try AdminFields.id(body.string("id"), "model id")
            let existing = try read { () throws(StoreFault) in try state.database.models.find(id) }
            try store(
                try AdminFields.model(body, id: id, over: existing, origin: "admin"), body, action: "model.upsert",
                now: now)
            return AdminAPI.done()
        default: throw .method(allow: "GET, POST")
        }
    }

    func model(_ request: AdminRequest, _ id: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        let existing = try read { () throws(StoreFault) in try state.database.models.find(id) }
        var writer = JSONWriter()
        switch request.method {
        case "GET":
            guard let existing else { throw .notFound("model not found") }
            writer.model(existing, isSuspended: state.suspended.contains(id))
            return AdminAPI.ok(writer)
        case "PATCH":
            guard let existing else { throw .notFound("model not found") }
            let body = try AdminBody(request.body)
            let row = try AdminFields.model(body, id: id, over: existing, origin: "admin")
            try store(row, body, action: "model.patch", now: now)
            writer.beginObject()
            writer.member("ok", true)
            writer.key("model")
            writer.model(row, isSuspended: state.suspended.contains(id))
            writer.endObject()
            return AdminAPI.ok(writer)
        case "DELETE":
            _ = try change("model.delete", id, now: now) { () throws(StoreFault) in
                try state.database.models.delete(id)
            }
            state.resume(id)
            try publish(now: now)
            return AdminAPI.done()
        default: throw .method(allow: "GET, PATCH, DELETE")
        }
    }

    private func store(
        _ row: ModelRow, _ body: borrowing AdminBody, action: String, now: Timestamp
    ) throws(AdminFault) {
        // Asked first, so that the answer can say which one; the database refuses it as well.
        let provider = try read { () throws(StoreFault) in try state.database.providers.find(row.providerID) }
        guard provider != nil else { throw .badRequest("unknown provider '\(row.providerID)'") }
        try change(action, row.id, now: now) { () throws(StoreFault) in try state.database.models.upsert(row) }
        if row.isEnabled, body.has("enabled") { state.resume(row.id) }
        try publish(now: now)
    }

    /// What the data plane routes by, which is the snapshot and not the table.
    func engineModels(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        let query = try AdminQuery(request.query)
        let limit = try query.limit(standard: Store.Limits.listRowsMax)
        let offset = try query.offset()
        let snapshot = state.snapshot
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("models")
        writer.beginArray()
        for model in snapshot.models.dropFirst(offset).prefix(limit) {
            let provider = snapshot.providers[model.provider]
            writer.beginObject()
            writer.member("id", model.id)
            writer.member("provider_id", provider.id)
            writer.member("weight", model.weight)
            writer.member("max_context_tokens", model.contextTokensMax)
            writer.price("input_per_1k", model.prices.inputPer1K)
            writer.price("output_per_1k", model.prices.outputPer1K)
            writer.member("enabled", model.isEnabled)
            writer.member("routable", model.isEnabled && provider.isEnabled)
            writer.endObject()
        }
        writer.endArray()
        writer.member("total", snapshot.models.count)
        writer.member("limit", limit)
        writer.member("offset", offset)
        let usable = snapshot.providers.filter(\.isEnabled)
        writer.key("adapters")
        writer.beginArray()
        for provider in usable { writer.string(provider.id) }
        writer.endArray()
        writer.key("adapter_info")
        writer.beginArray()
        for provider in usable {
            writer.beginObject()
            writer.member("id", provider.id)
            let address = state.recipe.providers.first { $0.row.id == provider.id }?.addresses.all[0].text ?? ""
            writer.member("health_endpoint", "\(address)\(provider.dialect.healthPath)")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }
}

extension JSONWriter {
    /// - Parameter isSuspended: its provider has no budget left for it.
    mutating func model(_ row: ModelRow, isSuspended: Bool) {
        beginObject()
        member("id", row.id)
        member("provider_id", row.providerID)
        member("weight", row.weight)
        member("max_context_tokens", row.contextTokensMax)
        if row.outputTokensMax > 0 { member("max_output_tokens", row.outputTokensMax) }
        price("input_per_1k", row.inputNanoUSDPer1K)
        price("output_per_1k", row.outputNanoUSDPer1K)
        member("enabled", row.isEnabled && !isSuspended)
        if isSuspended { member("disabled_reason", "budget_exceeded") }
        member("pricing_source", row.pricingSource)
        key("tool_name_map")
        raw(Array((AdminAPI.isObject(row.toolNameMap) ? row.toolNameMap : "{}").utf8).span)
        member("gemma4_output", row.isGemma4)
        if !row.upstreamModel.isEmpty { member("upstream_model", row.upstreamModel) }
        member("origin", row.origin)
        endObject()
    }

    /// Dollars; null for a price that nobody has said, which is not 0.
    mutating func price(_ name: StaticString, _ nanoUSD: Int64?) {
        key(name)
        if let nanoUSD { double(NanoUSD.dollars(nanoUSD)) } else { null() }
    }
}

extension AdminAPI {
    /// Whether a column's text can be passed on as JSON: another program may have written it.
    static func isObject(_ text: String) -> Bool {
        text.hasPrefix("{") && (try? JSONScan.validate(Array(text.utf8).span)) != nil
    }
}
