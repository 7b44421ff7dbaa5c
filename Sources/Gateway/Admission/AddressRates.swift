// How fast each client address may send, over all cores.

/// A fixed number of places; addresses that share one share its rate, which only matters when far more addresses than
/// places are active at once.
package final class AddressRates: Sendable {
    // In place: as objects of their own they would take six times the memory, all of it touched at start.
    private let places = Limits.AddressPlaces { _ in Rate() }

    package init() {}

    /// - Parameter address: a hash of the client's address.
    /// - Returns: 0, or the nanoseconds after which a request would pass.
    package func admit(_ address: UInt64, now: UInt64, ratePerSecond: Int, burst: Int) -> UInt64 {
        places[Int(truncatingIfNeeded: address % UInt64(places.count))]
            .admit(now: now, perSecond: ratePerSecond, burst: burst)
    }
}
