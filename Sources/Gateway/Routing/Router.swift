// Which model answers a request. Pure: the same query, snapshot and health give the same decision.

internal import Adapters

package enum Router {
    /// The named model if it may be asked, else the one with the highest weight among those that may; ties go to the
    /// first in the snapshot. A provider that has failed this request comes after all others. Embeddings come from the named model or from none.
    /// - Parameter health: one entry per provider of the snapshot.
    /// - Returns: nil when no model may be asked: `rejection` tells why for each.
    package static func decide(_ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]) -> Decision? {
        if let named = query.named, rejection(of: named, query, snapshot, health) == nil {
            return Decision(model: named, reason: .hintExact, probability: 1)
        }
        // Vectors of one model mean nothing beside those of another.
        if query.operation == .embeddings { return nil }
        var (best, spare) = (-1, -1)
        for model in snapshot.models.indices where rejection(of: model, query, snapshot, health) == nil {
            let entry = snapshot.models[model]
            if query.failedProviders.count > 0, query.failedProviders.contains(entry.provider) {
                if spare < 0 || entry.weight > snapshot.models[spare].weight { spare = model }
            } else if best < 0 || entry.weight > snapshot.models[best].weight {
                best = model
            }
        }
        if best < 0 { best = spare }
        if best < 0 { return nil }
        return Decision(model: best, reason: .weight(snapshot.models[best].weight), probability: 1)
    }

    /// Why `model` may not be asked; nil: it may.
    package static func rejection(
        of model: Int, _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]
    ) -> Decision.Rejection? {
        let entry = snapshot.models[model]
        if !entry.isEnabled || !snapshot.providers[entry.provider].isEnabled { return .disabled }
        if entry.contextTokensMax > 0, query.estimatedInputTokens * 115 / 100 > entry.contextTokensMax {
            return .contextOverflow
        }
        if !snapshot.providers[entry.provider].dialect.serves(query.operation) { return .noAdapter }
        // Nobody asks for an answer in words and wants vectors; who names such a model hears from its provider.
        if entry.makesVectors, query.operation != .embeddings, query.named != model { return .noAdapter }
        if query.tried.contains(model) { return .tried }
        if !health[entry.provider].isAvailable(at: query.now) { return .healthDown }
        return nil
    }
}
