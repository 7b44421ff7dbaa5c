// `/admin/v1`: from a request to a change of the control state and an answer.

package import Store
import Wire

/// Runs on the control thread, which owns it. No clock, no socket: the caller gives the time and what the cores report.
package final class AdminAPI {
    package let state: ControlState
    /// Who sends the request at hand, for the audit log.
    var sender = ""
    var requestID = ""
    private var hasPublished = false

    package init(state: ControlState) { self.state = state }

    /// Does what the request asks and answers it. A change is on the disk before this returns.
    package func handle(_ request: AdminRequest, now: Timestamp, live: LiveView) -> AdminResponse {
        hasPublished = false
        requestID = request.requestID
        var response: AdminResponse
        do throws(AdminFault) {
            sender = try authenticate(request, now: now)
            guard let path = AdminPath(request.path) else { throw .notFound("no such endpoint") }
            response = try dispatch(request, path, now: now, live: live)
        } catch {
            response = AdminAPI.answer(error)
        }
        response.publish = hasPublished
        return response
    }

    static func answer(_ fault: AdminFault) -> AdminResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("error", fault.message)
        writer.endObject()
        return AdminResponse(status: fault.status, body: writer.takeBytes(), headers: fault.headers)
    }

    /// - Returns: who it is, for the audit log.
    private func authenticate(_ request: AdminRequest, now: Timestamp) throws(AdminFault) -> String {
        let place = request.remote.isEmpty ? "" : "@\(request.remote)"
        if let token = bearer(request) {
            if state.isAdminToken(Array(token.utf8).span) { return "admin-token\(place)" }
        } else if let value = AdminAPI.sessionCookie(request) {
            if let name = state.sessions.name(of: value, now: now) { return "session-\(name)\(place)" }
        } else {
            throw AdminAPI.unauthorized("missing admin token")
        }
        throw AdminAPI.unauthorized("invalid admin token")
    }

    private static func unauthorized(_ message: String) -> AdminFault {
        AdminFault(
            status: 401, message: message, headers: [AdminResponse.Header(name: "WWW-Authenticate", value: "Bearer")])
    }

    func bearer(_ request: AdminRequest) -> String? {
        guard let value = request.authorization, value.utf8.count > 7, value.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return String(value.dropFirst(7))
    }

    static let cookieName = "th_admin_session"

    static func sessionCookie(_ request: AdminRequest) -> String? {
        for pair in (request.cookie ?? "").split(separator: ";") {
            let trimmed = pair.drop { $0 == " " }
            if trimmed.hasPrefix("\(cookieName)=") { return String(trimmed.dropFirst(cookieName.count + 1)) }
        }
        return nil
    }

    private func dispatch(
        _ request: AdminRequest, _ path: AdminPath, now: Timestamp, live: LiveView
    ) throws(AdminFault) -> AdminResponse {
        let segments = path.segments
        switch (segments.first ?? "", segments.count) {
        case ("info", 1): return try info(request)
        case ("session", 1): return try session(request, now: now)
        case ("admin-token", 2) where segments[1] == "rotate": return try rotateAdminToken(request, now: now)
        case ("vault", 2...): return try vault(request, path, now: now)
        case ("providers", 1): return try providers(request, now: now)
        case ("providers", 2): return try provider(request, segments[1], now: now)
        case ("models", 1): return try models(request, now: now)
        case ("models", 2...): return try model(request, path.rest(after: 1), now: now)
        case ("aliases", 1): return try aliases(request)
        case ("aliases", 2...): return try alias(request, path.rest(after: 1), now: now)
        case ("routing-config", 1): return try routingConfig(request, now: now)
        case ("routing", 2) where segments[1] == "simulate": return try simulate(request, live)
        case ("apikeys", 1): return try apiKeys(request, now: now)
        case ("apikeys", 2): return try apiKey(request, segments[1], now: now)
        case ("apikeys", 3) where segments[2] == "rotate": return try rotateAPIKey(request, segments[1], now: now)
        case ("apikeys", 3) where segments[2] == "paid": return try resetBudget(request, segments[1], now: now)
        case ("health", 1): return try health(request, live)
        case ("stats", 1): return try stats(request, live)
        case ("logs", 1): return try logs(request)
        case ("audit", 1): return try audit(request)
        case ("rewards", 1): return try rewards(request)
        case ("events", 1): return try events(request)
        case ("engine", 2) where segments[1] == "models": return try engineModels(request)
        case ("workflows", 1): return try workflows(request)
        case ("reload", 1): return try reload(request, now: now)
        default: throw .notFound("no such endpoint")
        }
    }
}

// What the endpoints share.
extension AdminAPI {
    /// Does a change and its audit row, both or neither.
    func change<Result>(
        _ action: String, _ resource: String, detail: String = "", now: Timestamp,
        _ body: () throws(StoreFault) -> Result
    ) throws(AdminFault) -> Result {
        do throws(StoreFault) {
            return try state.database.transaction { () throws(StoreFault) in
                let result = try body()
                try state.database.auditLogs.append(
                    AuditRow(
                        timestamp: now, action: action, resource: resource, detail: detail, requestID: requestID,
                        doneBy: sender))
                return result
            }
        } catch {
            throw AdminFault(error)
        }
    }

    func read<Result>(_ body: () throws(StoreFault) -> Result) throws(AdminFault) -> Result {
        do throws(StoreFault) { return try body() } catch { throw AdminFault(error) }
    }

    func useVault<Result>(_ body: () throws(VaultFault) -> Result) throws(AdminFault) -> Result {
        do throws(VaultFault) { return try body() } catch { throw AdminFault(error) }
    }

    /// Makes the new snapshot that a change asks for.
    func publish(now: Timestamp) throws(AdminFault) {
        try read { () throws(StoreFault) in try state.publish(now: now) }
        hasPublished = true
    }

    static func ok(_ writer: consuming JSONWriter, headers: [AdminResponse.Header] = []) -> AdminResponse {
        AdminResponse(status: 200, body: writer.takeBytes(), headers: headers)
    }

    /// `{"ok":true}`.
    static func done(headers: [AdminResponse.Header] = []) -> AdminResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", true)
        writer.endObject()
        return ok(writer, headers: headers)
    }

    /// `{"items":[…],"total":n,"limit":n,"offset":n}`, or with another name for the list.
    static func page<Row>(
        _ rows: [Row], as name: StaticString = "items", _ request: AdminRequest,
        _ write: (Row, inout JSONWriter) -> Void
    ) throws(AdminFault) -> AdminResponse {
        let query = try AdminQuery(request.query)
        let limit = try query.limit(standard: Store.Limits.listRowsMax)
        let offset = try query.offset()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        for row in rows.dropFirst(offset).prefix(limit) { write(row, &writer) }
        writer.endArray()
        writer.member("total", rows.count)
        writer.member("limit", limit)
        writer.member("offset", offset)
        writer.endObject()
        return ok(writer)
    }
}
