// The contract every dialect fulfils.

import Wire

/// One provider dialect as pure functions: bytes in, bytes out. It has no state, no clock and no socket.
///
/// `Provider` dispatches to the conformers; nothing else names them. On the byte-exact path (the same wire on both
/// sides) a dialect decides addresses, credentials and the meaning of errors, and leaves bodies alone: `RequestPlan`
/// replaces the model, `WholeAnswer` and `UsageTap` read in passing. Between two wires the readers and writers beside it translate:
/// see `Translation`.
protocol Adapter {
    /// The `type` of a provider's configuration.
    static var type: StaticString { get }
    /// Path below the base URL whose answer tells whether the provider lives.
    static var healthPath: StaticString { get }
    /// Whether the provider has this operation as such.
    static func serves(_ operation: Operation) -> Bool
    /// Appends the credential as a header line, or nothing.
    static func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer)
    /// Whether a client's header of this name goes on to the provider.
    static func forwards(_ name: Span<UInt8>) -> Bool
    /// A field that every request bears.
    static var standingField: StandingField? { get }
    /// What an answer means whose status is not 200.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault
}

extension Adapter {
    static var standingField: StandingField? { nil }
}
