// info, session, admin-token, reload.

import Store
import Wire

extension AdminAPI {
    func info(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("tokenhub", "admin" as StaticString)
        writer.member("vault_locked", state.vault.isLocked)
        writer.member("vault_initialized", state.vault.isInitialized)
        writer.member("vault_enabled", state.vault.isEnabled)
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// POST trades the admin token for a cookie of twelve hours, DELETE ends the session.
    func session(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        switch request.method {
        case "POST":
            // A cookie cannot renew itself, or a stolen one would last for ever.
            guard bearer(request) != nil else { throw AdminFault(status: 401, message: "missing admin token") }
            let value = state.sessions.open(now: now)
            return AdminAPI.done(headers: [
                cookie(value, ageSeconds: ControlLimits.sessionMS / 1000, isSecure: request.isSecure)
            ])
        case "DELETE":
            if let value = AdminAPI.sessionCookie(request) { _ = state.sessions.close(value) }
            return AdminAPI.done(headers: [cookie("", ageSeconds: 0, isSecure: request.isSecure)])
        default: throw .method(allow: "POST, DELETE")
        }
    }

    private func cookie(_ value: String, ageSeconds: Int64, isSecure: Bool) -> AdminResponse.Header {
        AdminResponse.Header(
            name: "Set-Cookie",
            value: "\(AdminAPI.cookieName)=\(value); Path=/admin; Max-Age=\(ageSeconds); HttpOnly; SameSite=Strict"
                + (isSecure ? "; Secure" : ""))
    }

    /// Replaces the admin token and ends every session.
    func rotateAdminToken(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        let body = try AdminBody(request.body)
        let given = try body.string("token") ?? ""
        let token = given.isEmpty ? Hex.encode(Entropy.bytes(32)) : given
        guard token.utf8.count >= ControlLimits.adminTokenBytesMin else {
            throw .badRequest("token must be at least \(ControlLimits.adminTokenBytesMin) characters")
        }
        guard token.utf8.count <= ControlLimits.adminTokenBytesMax, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw .badRequest(
                "token must be visible ASCII and have at most \(ControlLimits.adminTokenBytesMax) characters")
        }
        let secret = Secret(Array(token.utf8))
        if let files = state.tokenFiles {
            do throws(PrivateFile.Fault) {
                try files.write(secret, to: files.adminTokenPath)
                try files.writeEnvironment([("TOKENHUB_ADMIN_TOKEN", secret)])
            } catch {
                throw AdminFault(status: 500, message: "not stored: \(error)")
            }
        }
        state.adminToken = secret
        state.sessions.closeAll()
        try change("admin_token.rotate", "", now: now) { () throws(StoreFault) in }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("token", token)
        if state.adminTokenIsGiven {
            writer.member(
                "warning",
                "TOKENHUB_ADMIN_TOKEN is set in the environment and counts again after the next start" as StaticString)
        }
        writer.endObject()
        return AdminAPI.ok(writer)
    }

    /// Reads the credentials file again.
    func reload(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        let noticeCount = state.notices.count
        try change("reload", "credentials", now: now) { () throws(StoreFault) in try state.takeCredentials(now: now) }
        try publish(now: now)
        let fresh = state.notices.dropFirst(noticeCount)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.member("providers", state.snapshot.providers.count)
        writer.member("models", state.snapshot.models.count)
        writer.key("notices")
        writer.beginArray()
        for notice in fresh { writer.string(notice) }
        writer.endArray()
        writer.endObject()
        // Kept for the start's log only; a gateway that is reloaded for years must not collect them.
        state.notices.removeLast(fresh.count)
        return AdminAPI.ok(writer)
    }
}
