// The models that `*` stands for.

internal import Adapters

/// A request for `*` goes to the next of them, and its failover stays among them.
package struct WildcardPool: Sendable {
    /// Indices into the snapshot's models, in the order in which they take turns.
    package let members: [Int]
    /// Per model of the snapshot.
    private let isMember: [Bool]

    /// The models that `names` stand for, as far as they can be asked for a chat; without names every such model.
    ///
    /// A name is a model's id, or the end of one behind a slash: then the first such id in alphabetical order counts.
    /// - Source: spec section 11, whose fixed names are a setting here.
    init(names: [String], models: [ModelEntry], providers: [ProviderEntry]) {
        let usable = models.indices.filter { WildcardPool.answersChat(models[$0], providers) }
        var members = names.isEmpty ? usable : []
        for name in names {
            let found =
                usable.first { models[$0].id == name }
                ?? usable.filter { models[$0].id.hasSuffix("/" + name) }.min { models[$0].id < models[$1].id }
            if let found, !members.contains(found) { members.append(found) }
        }
        self.init(members: members, of: models.count)
    }

    /// An alias called `*` takes the place of the pool.
    init(_ alias: AliasEntry, of modelCount: Int) {
        self.init(members: alias.variants.compactMap(\.model), of: modelCount)
    }

    private init(members: [Int], of modelCount: Int) {
        self.members = members
        var isMember = Array(repeating: false, count: modelCount)
        for member in members { isMember[member] = true }
        self.isMember = isMember
    }

    package func contains(_ model: Int) -> Bool { isMember[model] }

    /// The model of the `turn`-th request; nil: the pool is empty.
    package func model(at turn: UInt64) -> Int? {
        members.isEmpty ? nil : members[Int(turn % UInt64(members.count))]
    }

    private static func answersChat(_ model: ModelEntry, _ providers: [ProviderEntry]) -> Bool {
        let provider = providers[model.provider]
        return model.isEnabled && provider.isEnabled && provider.answers.contains(.chat) && !model.makesVectors
    }
}
