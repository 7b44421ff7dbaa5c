// How much of what a policy would do the log has never done, so that nothing can be told of it.

struct ReplaySupport {
    /// Of one model.
    private struct Share {
        /// The policy's probabilities, summed.
        var wanted = 0.0
        /// Those of them at decisions where the log could not have taken it.
        var impossible = 0.0
        /// Decisions that took it (count).
        var count = 0
    }

    private var shares: [String: Share] = [:]

    mutating func add(_ decision: LoggedDecision, _ wanted: [Double]) {
        let areAllSpare = decision.candidates.allSatisfy { $0.rejection != nil || $0.isSpare }
        for (index, id) in decision.ids.enumerated() where wanted[index] > 0 || index == decision.chosen {
            var share = shares[id] ?? Share()
            share.wanted += wanted[index]
            if index == decision.chosen {
                share.count += 1
            } else if decision.probability >= 1 || decision.candidates[index].isSpare && !areAllSpare {
                // The choice was certain, or fell among others.
                share.impossible += wanted[index]
            }
            shares[id] = share
        }
    }

    /// Decisions (count, in parts) that the policy takes to where the log never goes, and the model most of them go to.
    var unseen: (count: Double, model: String) {
        var (sum, most, model) = (0.0, 0.0, "")
        for (id, share) in shares {
            let unseen = share.count == 0 ? share.wanted : share.impossible
            sum += unseen
            if unseen > most || unseen == most && id < model { (most, model) = (unseen, id) }
        }
        return (sum, model)
    }
}
