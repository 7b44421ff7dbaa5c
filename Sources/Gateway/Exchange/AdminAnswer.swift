// The answer to an admin request between two threads.

package import Reactor

package struct AdminAnswer: Sendable {
    package let token: Token
    package let requestID: RequestID
    package let status: Int
    package let headers: [(String, String)]
    package let body: [UInt8]
    /// Events follow the body; the control thread counts the client among those who listen.
    package var isEventStream = false
}

extension AdminAnswer {
    init(_ response: AdminResponse, to call: AdminCall) {
        self.init(
            token: call.token, requestID: call.requestID, status: response.status,
            headers: response.headers.map { ($0.name, $0.value) }, body: response.body,
            isEventStream: response.isEventStream)
    }
}
