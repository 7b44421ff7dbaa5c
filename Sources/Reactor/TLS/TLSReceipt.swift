// What became of the ciphertext that was fed to a session.

package struct TLSReceipt {
    /// What has to happen before the session can go on.
    package enum Next: Equatable, Sendable {
        /// All input was used; more has to come from the network.
        case wantsMore
        /// The region is full: empty it and call again, with the input from `ciphertextBytes` on (which may be none).
        case regionFull
        /// The peer said close_notify: nothing more will come, and what came is complete. We may still send.
        case closed
        /// The session is over. What stands in the outbox (an alert) should still be sent.
        case fault(TLSFault)
    }

    /// Bytes of the input that were used.
    package let ciphertextBytes: Int
    /// Bytes that were written to the region. May be positive together with every `next`.
    package let plaintextBytes: Int
    package let next: Next
    /// The handshake ended within this call: queued plaintext can be encrypted from now on.
    package let isFirstAfterHandshake: Bool
}
