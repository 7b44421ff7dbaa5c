// What the name in a request stands for. Pure: it advances no turn (see `NameTurns.advance`), so that a simulation may ask too.

package import Adapters
internal import Wire

package struct Naming: Sendable, Equatable {
    /// Index into `Snapshot.models`; nil: the choice is ours.
    package private(set) var model: Int?
    /// Index into `Snapshot.aliases` of the alias named.
    package private(set) var alias: Int?
    /// It was named as `*`, and only the models of the snapshot's pool may answer.
    package private(set) var isFromPool = false
    /// Something was named, be it nothing that exists.
    package private(set) var isSaid = false

    package init() {}

    /// - Parameter name: as the request has it; empty leaves the choice to us.
    /// - Parameter requestKey: what an alias goes by that is sticky to a request.
    /// - Parameter keyID: the id of the client's key, what an alias goes by that is sticky to it.
    /// - Source: spec section 11.
    // Inlined, so that nobody holds the key's name and the turns, which few names need.
    @inline(__always)
    package init(
        _ name: Span<UInt8>, for operation: Adapters.Operation, in snapshot: Snapshot, requestKey: Span<UInt8>,
        keyID: @autoclosure () -> String, turns: @autoclosure () -> NameTurns
    ) {
        let trimmed = name.extracting(ASCII.trimmed(name, 0..<name.count))
        if trimmed.isEmpty { return }
        isSaid = true
        let isWildcard = trimmed.count == 1 && trimmed[0] == UInt8(ascii: "*") && operation != .embeddings
        // An empty pool bounds nothing: it would leave nobody.
        isFromPool = isWildcard && !snapshot.wildcardPool.members.isEmpty
        if let index = snapshot.alias(trimmed) {
            let entry = snapshot.aliases[index]
            alias = index
            switch entry.stickiness {
            case .request: model = entry.variant(for: requestKey).model
            case .apiKey:
                let id = Array(keyID().utf8)
                model = entry.variant(for: id.span).model
            case .roundRobin: model = entry.variant(at: turns().alias(index)).model
            }
        } else if isWildcard {
            model = snapshot.wildcardPool.model(at: turns().wildcard)
            isSaid = isFromPool
        } else if let exact = snapshot.model(trimmed) {
            model = exact
        } else {
            let slash = ByteScan.first(ASCII.slash, in: trimmed, from: 0)
            if slash > 0, slash < trimmed.count {
                model = snapshot.model(trimmed.extracting(slash + 1..<trimmed.count))
            }
        }
    }
}
