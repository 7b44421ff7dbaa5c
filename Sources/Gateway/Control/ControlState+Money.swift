// The two books of a key's money: the running sum on the disk, and the atomic that all cores spend from.

package import Store

extension ControlState {
    /// Writes request rows and the spend they mean, all or nothing. At most 50 ms old when they come here.
    package func record(_ batch: borrowing RequestRows, now: Timestamp, between: () -> Void = {}) throws(StoreFault) {
        turnMonth(now: now)
        try database.requestLogs.append(batch, between: between)
        for (index, key) in batch.keys.enumerated() {
            lastUses[key.id] = key.latest
            let since = database.keySpend.since(of: key.id, now: now)
            guard key.earliest < since, let state = keyStates[key.id] else { continue }
            // The core has counted it, but it belongs to a month, or to a time before a reset, that is closed.
            for row in batch.rows where row.key == index && row.timestamp < since && row.chargedNanoUSD > 0 {
                state.settle(held: row.chargedNanoUSD, cost: 0)
            }
        }
    }

    /// Nano-dollars the key has spent this month.
    package func spend(ofKey id: String, now: Timestamp) -> Int64 { database.keySpend.spend(of: id, now: now) }

    /// At the first look into a new month every key begins at nothing; what is held for requests under way stays held.
    func turnMonth(now: Timestamp) {
        guard now.monthStart > month else { return }
        for (id, state) in keyStates {
            let old = database.keySpend.spend(of: id, now: month)
            state.restart(spentNanoUSD: spend(ofKey: id, now: now), previouslySpent: old)
        }
        month = now.monthStart
    }

    /// The month has been paid.
    /// - Returns: whether there is such a key.
    func resetBudget(_ id: String, now: Timestamp) throws(StoreFault) -> Bool {
        turnMonth(now: now)
        let old = spend(ofKey: id, now: now)
        guard try database.apiKeys.resetBudget(id, now: now) else { return false }
        keyStates[id]?.restart(spentNanoUSD: 0, previouslySpent: old)
        return true
    }
}
