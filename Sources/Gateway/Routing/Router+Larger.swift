// Which model takes a prompt that another one found too long.

extension Router {
    /// The smallest model that may be asked, takes twice the estimated prompt and more than `model` does. The estimate was too low
    /// for `model`, so it may be for another that just fits it. Where the choice is ours, models of which nobody said how much they
    /// take come last.
    package static func larger(
        than model: Int, _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]
    ) -> Int? {
        let least = max(2 * query.estimatedInputTokens, snapshot.models[model].contextTokensMax + 1)
        var best: (model: Int, size: Int)?
        for index in snapshot.models.indices {
            let context = snapshot.models[index].contextTokensMax
            guard context >= least || context == 0 && query.named == nil else { continue }
            let size = context == 0 ? Int.max : context
            guard best.map({ size < $0.size }) ?? true, rejection(of: index, query, snapshot, health) == nil
            else { continue }
            best = (index, size)
        }
        return best?.model
    }
}
