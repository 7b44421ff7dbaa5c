// The answer to an admin request.

package struct AdminResponse: Sendable {
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package let status: Int
    /// Beyond those that framing adds.
    package var headers: [Header]
    package let body: [UInt8]
    /// `ControlState.snapshot` is a new one: hand it out before this answer is sent, so that what the operator reads back
    /// is what every core does.
    package var publish: Bool
    /// Events follow the body for as long as the client stays.
    package var isEventStream = false

    init(status: Int, body: [UInt8], headers: [Header] = []) {
        self.status = status
        self.headers =
            [
                // Answers hold configuration and once in a while a secret.
                Header(name: "Content-Type", value: "application/json"),
                Header(name: "Cache-Control", value: "no-store"),
                Header(name: "X-Content-Type-Options", value: "nosniff"),
            ] + headers
        self.body = body
        publish = false
    }
}
