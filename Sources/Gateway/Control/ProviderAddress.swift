// One address of a provider as the data plane sees it.

package import Adapters

/// A class, for its target has half a dozen arrays: a request takes hold of one thing, not of each.
package final class ProviderAddress: Sendable {
    package let target: Target
    /// Host name or literal to connect to, without brackets.
    package let host: String
    package let port: UInt16
    package let isSecure: Bool

    package init(target: Target, host: String, port: UInt16, isSecure: Bool) {
        self.target = target
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Connections to the one serve the other.
    func isSamePlace(as other: ProviderAddress) -> Bool {
        host == other.host && port == other.port && isSecure == other.isSecure
    }
}
