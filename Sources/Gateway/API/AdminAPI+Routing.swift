// aliases, routing-config, workflows.

import Store
import Wire

extension AdminAPI {
    func aliases(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        let rows = try read { () throws(StoreFault) in try state.database.aliases.all() }
        return try AdminAPI.page(rows, request) { row, writer in writer.alias(row) }
    }

    func alias(_ request: AdminRequest, _ name: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        let existing = try read { () throws(StoreFault) in try state.database.aliases.find(name) }
        var writer = JSONWriter()
        switch request.method {
        case "GET":
            guard let existing else { throw .notFound("alias not found") }
            writer.alias(existing)
            return AdminAPI.ok(writer)
        case "PUT":
            let name = try AdminFields.id(name, "invalid alias: name")
            let body = try AdminBody(request.body)
            let stickyBy = try body.string("sticky_by") ?? ""
            guard ["", "request", "api_key", "round_robin"].contains(stickyBy) else {
                throw .badRequest("invalid alias: sticky_by must be empty, request, api_key or round_robin")
            }
            let row = AliasRow(
                name: name, variants: try AdminAPI.variants(body.json("variants", .array), of: name),
                isEnabled: try body.bool("enabled") ?? true, stickyBy: stickyBy, createdAt: existing?.createdAt ?? now,
                updatedAt: now)
            writer.alias(row)
            let text = writer.takeBytes()
            try change("alias.upsert", name, detail: String(decoding: text, as: UTF8.self), now: now) {
                () throws(StoreFault) in try state.database.aliases.upsert(row)
            }
            try publish(now: now)
            return AdminResponse(status: 200, body: text)
        case "DELETE":
            _ = try change("alias.delete", name, now: now) { () throws(StoreFault) in
                try state.database.aliases.delete(name)
            }
            try publish(now: now)
            return AdminAPI.done()
        default: throw .method(allow: "GET, PUT, DELETE")
        }
    }

    /// Checks the list and writes it anew with nothing but what belongs there.
    private static func variants(_ list: [UInt8]?, of name: String) throws(AdminFault) -> String {
        guard let list else { throw .badRequest("invalid alias: variants required") }
        var cursor = JSONCursor(of: ByteRange(0, list.count), in: list.span)
        var writer = JSONWriter()
        var seen: Set<String> = []
        writer.beginArray()
        while let element = cursor.next(in: list.span) {
            guard element.kind == .object else { throw .badRequest("invalid alias: a variant must be an object") }
            let body = try AdminBody(Array(list[element.value.range]))
            guard let model = try body.string("model_id"), !model.isEmpty else {
                throw .badRequest("invalid alias: variant model_id required")
            }
            guard let weight = try body.int("weight", in: -1_000_000...1_000_000), weight > 0 else {
                throw .badRequest("invalid alias: variant weight must be above 0")
            }
            guard model != name else { throw .badRequest("invalid alias: a variant names the alias itself") }
            guard seen.insert(model).inserted else { throw .badRequest("invalid alias: duplicate model_id '\(model)'") }
            guard seen.count <= ControlLimits.aliasVariantsMax else {
                throw .badRequest("invalid alias: more than \(ControlLimits.aliasVariantsMax) variants")
            }
            writer.beginObject()
            writer.member("model_id", model)
            writer.member("weight", weight)
            writer.endObject()
        }
        writer.endArray()
        if seen.isEmpty { throw .badRequest("invalid alias: variants required") }
        return String(decoding: writer.takeBytes(), as: UTF8.self)
    }

    func routingConfig(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "GET": break
        case "PUT":
            let body = try AdminBody(request.body)
            var row =
                try read { () throws(StoreFault) in try state.database.routingConfig.load() } ?? RoutingConfigRow()
            if let mode = try body.string("default_mode") {
                guard mode.isEmpty || Configuration.modes.contains(mode) else {
                    throw .badRequest("unknown default_mode '\(mode)'")
                }
                row.defaultMode = mode
            }
            if let budget = try body.double("default_max_budget_usd", in: 0...100) {
                row.defaultBudgetNanoUSDMax = NanoUSD.fromDollars(budget)
            }
            row.defaultLatencyMSMax =
                try body.int("default_max_latency_ms", in: 0...300_000) ?? row.defaultLatencyMSMax
            let stored = row
            try change("routing-config.update", "", now: now) { () throws(StoreFault) in
                try state.database.routingConfig.save(stored)
            }
            try publish(now: now)
        default: throw .method(allow: "GET, PUT")
        }
        let defaults = try read { () throws(StoreFault) in try state.effectiveDefaults() }
        var writer = JSONWriter()
        writer.beginObject()
        if request.method == "PUT" { writer.member("ok", true) }
        writer.member("default_mode", defaults.mode)
        writer.member("default_max_budget_usd", NanoUSD.dollars(defaults.budgetNanoUSDMax))
        writer.member("default_max_latency_ms", defaults.latencyMSMax)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// Nothing runs workflows here; dashboards of the original ask all the same.
    func workflows(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("workflows")
        writer.beginArray()
        writer.endArray()
        writer.member("temporal_enabled", false)
        writer.endObject()
        return AdminAPI.ok(writer)
    }
}

extension JSONWriter {
    mutating func alias(_ row: AliasRow) {
        beginObject()
        member("name", row.name)
        key("variants")
        let isArray = row.variants.hasPrefix("[") && (try? JSONScan.validate(Array(row.variants.utf8).span)) != nil
        raw(Array((isArray ? row.variants : "[]").utf8).span)
        member("enabled", row.isEnabled)
        member("sticky_by", row.stickyBy)
        member("created_at", row.createdAt.description)
        member("updated_at", row.updatedAt.description)
        endObject()
    }
}
