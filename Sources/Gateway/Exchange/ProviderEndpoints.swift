// The addresses of one provider as one core knows them, and which of them is asked next.

internal import Reactor

final class ProviderEndpoints {
    private struct Place {
        let endpoint: Endpoint
        /// Nanoseconds on the loop's clock until which it is passed over.
        var restsUntil: UInt64 = 0
    }

    private var places: [Place]
    private var turn = 0

    /// - Parameter endpoints: in the order of `ProviderEntry.addresses`; at least one.
    init(_ endpoints: [Endpoint]) { places = endpoints.map { Place(endpoint: $0) } }

    subscript(_ place: Int) -> Endpoint { places[place].endpoint }

    /// The place with the fewest requests of this core under way, of equals each in its turn. One that could not be reached is passed
    /// over for a while, unless there is no other.
    func next(now: UInt64) -> Int {
        if places.count == 1 { return 0 }
        var best: Int?
        for offset in places.indices {
            let place = (turn + offset) % places.count
            if places[place].restsUntil > now { continue }
            if let found = best, places[found].endpoint.leasedCount <= places[place].endpoint.leasedCount { continue }
            best = place
        }
        let chosen = best ?? turn
        turn = (chosen + 1) % places.count
        return chosen
    }

    /// No connection to `endpoint` came about.
    /// - Returns: whether there is another one that has not failed so.
    func rest(_ endpoint: Endpoint, now: UInt64) -> Bool {
        if places.count == 1 { return false }
        for place in places.indices where places[place].endpoint === endpoint {
            places[place].restsUntil = now &+ Limits.placeRestNS
        }
        return places.contains { $0.restsUntil <= now }
    }
}
