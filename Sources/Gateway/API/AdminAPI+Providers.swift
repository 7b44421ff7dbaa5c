// providers.

import Store
import Wire

extension AdminAPI {
    func providers(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "GET":
            let rows = try read { () throws(StoreFault) in try state.database.providers.all() }
            return try AdminAPI.page(rows, request) { row, writer in writer.provider(row) }
        case "POST":
            let body = try AdminBody(request.body)
            let id = try AdminFields.id(body.string("id"), "provider id")
            let (row, warning) = try store(body, id: id, action: "provider.upsert", now: now)
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("ok", true)
            writer.member("cred_store", row.credentialStore)
            if let warning { writer.member("warning", warning) }
            writer.endObject()
            return AdminAPI.ok(writer)
        default: throw .method(allow: "GET, POST")
        }
    }

    func provider(_ request: AdminRequest, _ id: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        let id = try AdminFields.id(id, "provider id")
        var writer = JSONWriter()
        switch request.method {
        case "GET":
            guard let row = try read({ () throws(StoreFault) in try state.database.providers.find(id) }) else {
                throw .notFound("provider not found")
            }
            writer.provider(row)
            return AdminAPI.ok(writer)
        case "PATCH":
            // An id that is not known is created, as in the original.
            let (row, warning) = try store(AdminBody(request.body), id: id, action: "provider.patch", now: now)
            writer.beginObject()
            writer.member("ok", true)
            writer.key("provider")
            writer.provider(row)
            if let warning { writer.member("warning", warning) }
            writer.endObject()
            return AdminAPI.ok(writer)
        case "DELETE":
            _ = try change("provider.delete", id, now: now) { () throws(StoreFault) in
                try state.database.providers.delete(id)
            }
            state.providerKeys[id] = nil
            // Its key goes with it, and must not be found by a later provider of the same name at another address.
            try useVault { () throws(VaultFault) in
                try state.vault.discard(ControlState.vaultName(ofProvider: id))
            }
            try publish(now: now)
            return AdminAPI.done()
        default: throw .method(allow: "GET, PATCH, DELETE")
        }
    }

    /// Writes a provider over what is known of it. Members that are absent keep their value, the key included.
    private func store(
        _ body: borrowing AdminBody, id: String, action: String, now: Timestamp
    ) throws(AdminFault) -> (row: ProviderRow, warning: String?) {
        let existing = try read { () throws(StoreFault) in try state.database.providers.find(id) }
        let type = try AdminFields.providerType(body.string("type") ?? existing?.type)
        let address = try AdminFields.baseURL(body.string("base_url") ?? existing?.baseURL, type: type)
        var row = existing ?? ProviderRow(id: id, type: type, baseURL: "")
        row.type = type
        row.baseURL = address.text
        row.isEnabled = try body.bool("enabled") ?? row.isEnabled
        row.timeoutMS = try body.int("timeout_ms", in: 0...ControlLimits.timeoutMSMax) ?? row.timeoutMS
        row.origin = "admin"
        var warning: String?
        if let key = try AdminFields.providerKey(body.string("api_key")) {
            let kept = row
            row.credentialStore = try useVault { () throws(VaultFault) in
                try state.keep(key, ofProvider: kept, now: now)
            }
            if row.credentialStore == "none" {
                warning =
                    "the vault is \(state.vault.isEnabled ? "locked" : "disabled"): the key lasts until the next start"
            }
        } else if let store = try body.string("cred_store") {
            row.credentialStore = try AdminFields.id(store, "cred_store")
        }
        let stored = row
        try change(action, id, now: now) { () throws(StoreFault) in try state.database.providers.upsert(stored) }
        try publish(now: now)
        return (row, warning)
    }
}

extension JSONWriter {
    mutating func provider(_ row: ProviderRow) {
        beginObject()
        member("id", row.id)
        member("type", row.type)
        member("enabled", row.isEnabled)
        member("base_url", row.baseURL)
        member("cred_store", row.credentialStore)
        member("origin", row.origin)
        if row.timeoutMS > 0 { member("timeout_ms", row.timeoutMS) }
        endObject()
    }
}
