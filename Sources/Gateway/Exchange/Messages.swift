// What crosses between the cores and the control thread.

package import Reactor
package import Store

/// From a core to the control thread.
package enum ControlMessage: Sendable {
    case records(RecordBatch)
    /// Whole lines of access log.
    case log([UInt8])
    case admin(AdminCall)
    /// What a core knows of its providers' health, in the order of `snapshot.providers`.
    case health(core: Int, snapshot: Snapshot, [ProviderHealth], LoopFigures)
    /// Whether a key of the original stands behind this plaintext, whose digest nobody knows yet.
    case legacyKey(core: Int, digest: [UInt8], Secret)
    /// Read the credentials file anew.
    case reload
    /// A core has ended its drain.
    case drained(core: Int)
}

/// From the control thread to a core.
package enum CoreMessage: Sendable {
    case snapshot(Snapshot)
    case answer(AdminAnswer)
    /// The key with this digest has been looked for, and is in the snapshot if it was found.
    case legacyKey(digest: [UInt8], wasChecked: Bool)
    /// The cores' health put together, in the order of the providers of the snapshot of that version.
    case health(version: Int, [ProviderHealth])
}

/// An admin request on its way to the control thread, and the connection its answer goes to.
package struct AdminCall: Sendable {
    package let core: Int
    package let token: Token
    package let requestID: RequestID
    package let method: String
    package let path: String
    package let query: String
    package let authorization: String?
    package let cookie: String?
    package let accept: String?
    package let peer: String?
    /// It came over TLS.
    package let isSecure: Bool
    package let body: [UInt8]
}

package struct AdminAnswer: Sendable {
    package let token: Token
    package let requestID: RequestID
    package let status: Int
    package let headers: [(String, String)]
    package let body: [UInt8]
}

extension AdminAnswer {
    init(_ response: AdminResponse, to call: AdminCall) {
        self.init(
            token: call.token, requestID: call.requestID, status: response.status,
            headers: response.headers.map { ($0.name, $0.value) }, body: response.body)
    }
}

/// Counts of one core, for the metrics.
package struct LoopFigures: Sendable {
    package let core: Int
    package let driver: String
    package let counters: LoopCounters
    package let clientCount: Int
    package let upstreamCount: Int
    package let exchangeCount: Int
    package let blocksTaken: Int
    package let rateLimitedCount: Int
}
