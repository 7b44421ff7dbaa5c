// Why an upstream connection gave no whole answer.

package import Wire

package enum UpstreamFault: Error {
    package enum Phase: Sendable { case resolve, connect, handshake, firstByte, betweenBytes }

    /// The host name has no address.
    case unresolved(SystemError)
    /// No connection could be made.
    case unreachable(SystemError)
    /// The TLS handshake failed or a record was damaged.
    case tls(TLSFault)
    /// A kept connection was closed by the peer before the first byte of an answer: not the provider's fault, try again.
    case stale
    /// The connection broke or ended before the answer was whole.
    case cut(SystemError?)
    /// The answer is not HTTP, or ambiguous.
    case malformed(HeadFault)
    /// More bytes were held back than `Limits.heldBytesMax`.
    case tooLarge
    case timedOut(Phase)
    /// As many connections to the endpoint as allowed are in use.
    case exhausted
}
