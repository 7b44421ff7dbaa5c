// A row of `audit_logs`.

package struct AuditRow: Sendable, Equatable {
    package var id: Int64
    package var timestamp: Timestamp
    /// `provider.upsert`, `apikey.revoke`.
    package var action: String
    package var resource: String
    package var detail: String
    package var requestID: String
    /// Who did it: `admin-token`, `session:<id>`, `system`.
    package var doneBy: String

    package init(
        id: Int64 = 0, timestamp: Timestamp, action: String, resource: String = "", detail: String = "",
        requestID: String = "", doneBy: String = ""
    ) {
        self.id = id
        self.timestamp = timestamp
        self.action = action
        self.resource = resource
        self.detail = detail
        self.requestID = requestID
        self.doneBy = doneBy
    }
}
