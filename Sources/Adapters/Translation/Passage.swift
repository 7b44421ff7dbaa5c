// How a request reaches a provider.

package enum Passage: Equatable, Sendable {
    /// Provider and client speak the same wire: the body is edited in place, the answer relayed as it is.
    case exact
    case translated(Translation)
}
