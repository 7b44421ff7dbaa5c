// One request to `/admin/v1`, out of its connection.

package struct AdminRequest: Sendable {
    package var method: String
    /// As the client wrote it, still percent-encoded, without the query.
    package var path: String
    /// Without the question mark.
    package var query: String
    package var authorization: String?
    package var cookie: String?
    package var body: [UInt8]
    /// Who asks, for the audit log: the peer's address.
    package var remote: String
    package var requestID: String
    /// It came over TLS, so a cookie may say so.
    package var isSecure: Bool

    package init(
        method: String, path: String, query: String = "", authorization: String? = nil, cookie: String? = nil,
        body: [UInt8] = [], remote: String = "", requestID: String = "", isSecure: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authorization = authorization
        self.cookie = cookie
        self.body = body
        self.remote = remote
        self.requestID = requestID
        self.isSecure = isSecure
    }
}
