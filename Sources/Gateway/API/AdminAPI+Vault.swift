// vault/*.

import Store
import Wire

extension AdminAPI {
    func vault(_ request: AdminRequest, _ path: AdminPath, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch (path.segments[1], path.segments.count) {
        case ("unlock", 2): return try unlockVault(request, now: now)
        case ("lock", 2): return try lockVault(request, now: now)
        case ("rotate", 2): return try rotateVault(request, now: now)
        case ("secrets", 2): return try secretNames(request, now: now)
        case ("secrets", 3...): return try secret(request, path.rest(after: 2), now: now)
        default: throw .notFound("no such endpoint")
        }
    }

    private func unlockVault(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        let password = try AdminBody(request.body).string("admin_password") ?? ""
        do throws(VaultFault) {
            try state.vault.unlock(password: Array(password.utf8), now: now)
        } catch {
            switch error {
            case .wrongPassword, .passwordTooShort, .passwordTooLong:
                // The attempt is on record; it is the only way to guess.
                try change("vault.unlock_failed", "", now: now) { () throws(StoreFault) in }
                throw AdminFault(status: 401, message: "unlock failed")
            default: throw AdminFault(error)
            }
        }
        try change("vault.unlock", "", now: now) { () throws(StoreFault) in try state.loadVaultKeys(now: now) }
        try publish(now: now)
        return AdminAPI.done()
    }

    private func lockVault(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        guard state.vault.isEnabled else { throw AdminFault(VaultFault.disabled) }
        if state.vault.lock() {
            try change("vault.lock", "", now: now) { () throws(StoreFault) in }
            return AdminAPI.done()
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("already_locked", true)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    private func rotateVault(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        let body = try AdminBody(request.body)
        guard let old = try body.string("old_password"), let new = try body.string("new_password"), !old.isEmpty,
            !new.isEmpty
        else { throw .badRequest("old_password and new_password required") }
        do throws(VaultFault) {
            try state.vault.rotate(from: Array(old.utf8), to: Array(new.utf8), now: now)
        } catch {
            switch error {
            case .wrongPassword: throw AdminFault(status: 401, message: "rotation failed: old password does not match")
            case .disabled, .locked, .passwordTooShort, .passwordTooLong: throw .badRequest("rotation failed: \(error)")
            default: throw AdminFault(error)
            }
        }
        try change("vault.rotate", "", now: now) { () throws(StoreFault) in }
        return AdminAPI.done()
    }

    private func secretNames(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        let names = try useVault { () throws(VaultFault) in try state.vault.names(now: now) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("secrets")
        writer.beginArray()
        for name in names { writer.string(name) }
        writer.endArray()
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    private func secret(_ request: AdminRequest, _ path: String, now: Timestamp) throws(AdminFault) -> AdminResponse {
        let label = try AdminFields.id(path, "secret name")
        switch request.method {
        case "GET":
            let name = try entryName(label, now: now)
            guard let secret = try useVault({ () throws(VaultFault) in try state.vault.secret(name, now: now) }) else {
                throw .notFound("secret not found")
            }
            try change("vault.secret.get", label, now: now) { () throws(StoreFault) in }
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("key", label)
            writer.key("value")
            writer.string(secret.bytes)
            writer.endObject()
            return AdminAPI.ok(writer)
        case "PUT":
            guard let value = try AdminBody(request.body).string("value"), !value.isEmpty else {
                throw .badRequest("value required")
            }
            let name = try entryName(label, now: now)
            try useVault { () throws(VaultFault) in
                try state.vault.set(name, to: Secret(Array(value.utf8)), now: now)
            }
            try change("vault.secret.set", label, now: now) { () throws(StoreFault) in
                try state.loadVaultKeys(now: now)
            }
            try publish(now: now)
        case "DELETE":
            let name = try entryName(label, now: now)
            guard try useVault({ () throws(VaultFault) in try state.vault.remove(name, now: now) }) else {
                throw .notFound("secret not found")
            }
            try change("vault.secret.delete", label, now: now) { () throws(StoreFault) in }
        default: throw .method(allow: "GET, PUT, DELETE")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("key", label)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// An operator's secret stands under `secret:<name>`; a name from the listing is taken as it is.
    private func entryName(_ label: String, now: Timestamp) throws(AdminFault) -> String {
        let names = try useVault { () throws(VaultFault) in try state.vault.names(now: now) }
        return names.contains(label) ? label : "secret:\(label)"
    }
}
