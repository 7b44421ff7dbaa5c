// An admin request between two threads.

package import Reactor

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
    /// Whose key it came with, for what clients may ask.
    package let apiKeyID: String?
}
