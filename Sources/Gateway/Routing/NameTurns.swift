// How often each name whose models take turns has been asked for.

internal import Wire

package struct NameTurns: Sendable {
    /// Per alias of a snapshot.
    private var aliases: [UInt64]
    /// Of the pool that `*` stands for.
    package private(set) var wildcard: UInt64 = 0

    package init(of snapshot: Snapshot) { aliases = Array(repeating: 0, count: snapshot.aliases.count) }

    /// The same turns with the next snapshot.
    package init(_ old: NameTurns, of before: Snapshot, adopting next: Snapshot) {
        wildcard = old.wildcard
        aliases = next.aliases.map { alias in
            let name = alias.nameBytes
            return before.alias(name.span).map { old.aliases[$0] } ?? 0
        }
    }

    package func alias(_ index: Int) -> UInt64 { aliases[index] }

    /// Notes that a request named this.
    package mutating func advance(past naming: Naming) {
        if let alias = naming.alias { aliases[alias] &+= 1 }
        if naming.isFromPool, naming.alias == nil { wildcard &+= 1 }
    }
}
