// apikeys.

import Store
import Wire

extension AdminAPI {
    private static let shownOnce: StaticString = "Store this key now: it is not shown again."

    func apiKeys(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "GET":
            let rows = try read { () throws(StoreFault) in try state.database.apiKeys.all() }
            return try AdminAPI.page(rows, as: "keys", request) { row, writer in
                writer.apiKey(row, spendNanoUSD: state.spend(ofKey: row.id, now: now))
            }
        case "POST": return try createAPIKey(AdminBody(request.body), now: now)
        default: throw .method(allow: "GET, POST")
        }
    }

    private func createAPIKey(_ body: borrowing AdminBody, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard let name = try AdminFields.name(body.string("name")) else { throw .badRequest("name required") }
        let blank = APIKeyRow(
            id: KeyMaterial.freshID(), prefix: "", digest: nil, name: name, createdAt: now)
        var row = try edited(blank, by: body, now: now)
        let material = KeyMaterial()
        row.prefix = material.prefix
        row.digest = material.digest
        let stored = row
        try change("apikey.create", row.id, detail: name, now: now) { () throws(StoreFault) in
            try state.database.apiKeys.insert(stored)
        }
        try publish(now: now)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("key", material.plaintext)
        writer.member("id", row.id)
        writer.member("prefix", row.prefix)
        writer.member("name", row.name)
        writer.member("scopes", row.scopes)
        if let expiresAt = row.expiresAt { writer.member("expires_at", expiresAt.description) }
        writer.member("warning", AdminAPI.shownOnce)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// Takes over the members that the body has.
    private func edited(
        _ row: APIKeyRow, by body: borrowing AdminBody, now: Timestamp
    ) throws(AdminFault) -> APIKeyRow {
        var row = row
        if let name = try AdminFields.name(body.string("name")) { row.name = name }
        if let words = try body.words("scopes") { row.scopes = try AdminFields.scopes(words) }
        row.isEnabled = try body.bool("enabled") ?? row.isEnabled
        row.rotationDays = try body.int("rotation_days", in: 0...ControlLimits.termDaysMax) ?? row.rotationDays
        row.rateLimitRPS = try body.int("rate_limit_rps", in: -1...ControlLimits.rateLimitRPSMax) ?? row.rateLimitRPS
        if let budget = try body.double("monthly_budget_usd", in: 0...ControlLimits.dollarsMax) {
            row.monthlyBudgetNanoUSD = NanoUSD.fromDollars(budget)
        }
        if let term = try body.string("expires_in"), !term.isEmpty {
            guard let milliseconds = GoDuration.milliseconds(term), milliseconds > 0 else {
                throw .badRequest("expires_in must be a duration such as 720h")
            }
            row.expiresAt = now.advanced(byMS: milliseconds)
        } else if body.isNull("expires_at") {
            row.expiresAt = nil
        } else if let text = try body.string("expires_at"), !text.isEmpty {
            // A date alone ends with its day: that is what a date field in a form means.
            guard let time = Timestamp(text) ?? Timestamp("\(text)T23:59:59Z") else {
                throw .badRequest("expires_at must be a date or a time in RFC 3339")
            }
            row.expiresAt = time
        }
        return row
    }

    func apiKey(_ request: AdminRequest, _ id: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "GET":
            let row = try known(id)
            var writer = JSONWriter()
            writer.apiKey(row, spendNanoUSD: state.spend(ofKey: id, now: now))
            return AdminAPI.ok(writer)
        case "PATCH":
            let row = try edited(known(id), by: AdminBody(request.body), now: now)
            _ = try change("apikey.update", id, now: now) { () throws(StoreFault) in
                try state.database.apiKeys.update(row)
            }
        case "DELETE":
            _ = try change("apikey.revoke", id, now: now) { () throws(StoreFault) in
                try state.database.apiKeys.delete(id)
            }
        default: throw .method(allow: "GET, PATCH, DELETE")
        }
        try publish(now: now)
        return AdminAPI.done()
    }

    private func known(_ id: String) throws(AdminFault) -> APIKeyRow {
        guard let row = try read({ () throws(StoreFault) in try state.database.apiKeys.find(id) }) else {
            throw .notFound("api key not found")
        }
        return row
    }

    func rotateAPIKey(_ request: AdminRequest, _ id: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        _ = try known(id)
        let material = KeyMaterial()
        _ = try change("apikey.rotate", id, now: now) { () throws(StoreFault) in
            try state.database.apiKeys.rotate(id, to: material, now: now)
        }
        try publish(now: now)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("key", material.plaintext)
        writer.member("prefix", material.prefix)
        writer.member("warning", AdminAPI.shownOnce)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// The month has been paid: its spend begins again at nothing.
    func resetBudget(_ request: AdminRequest, _ id: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        _ = try known(id)
        _ = try change("apikey.budget_paid", id, now: now) { () throws(StoreFault) in
            try state.resetBudget(id, now: now)
        }
        try publish(now: now)
        return AdminAPI.done()
    }
}

extension JSONWriter {
    mutating func apiKey(_ row: APIKeyRow, spendNanoUSD: Int64) {
        beginObject()
        member("id", row.id)
        member("key_prefix", row.prefix)
        member("name", row.name)
        member("scopes", row.scopes)
        member("created_at", row.createdAt.description)
        if let time = row.lastUsedAt { member("last_used_at", time.description) }
        if let time = row.expiresAt { member("expires_at", time.description) }
        if let time = row.rotatedAt { member("rotated_at", time.description) }
        member("rotation_days", row.rotationDays)
        member("monthly_budget_usd", NanoUSD.dollars(row.monthlyBudgetNanoUSD))
        if let time = row.budgetResetAt { member("budget_reset_at", time.description) }
        member("rate_limit_rps", row.rateLimitRPS)
        member("enabled", row.isEnabled)
        member("current_spend_usd", NanoUSD.dollars(spendNanoUSD))
        endObject()
    }
}
