// Notices when the state of a provider changes, as all cores together know it.

struct HealthWatch {
    struct Change: Equatable {
        let provider: String
        let old: String
        let new: String
        let reason: String
    }

    private var states: [String: String] = [:]

    /// - Returns: what is different from the last call; who is seen for the first time was healthy before.
    mutating func look(at providers: [(id: String, health: ProviderHealth)]) -> [Change] {
        var changes: [Change] = []
        var gone = states
        for (id, health) in providers {
            let old = gone.removeValue(forKey: id) ?? "healthy"
            let (new, reason) = HealthWatch.state(of: health)
            states[id] = new
            if old != new { changes.append(Change(provider: id, old: old, new: new, reason: reason)) }
        }
        for (id, old) in gone {
            states[id] = nil
            changes.append(Change(provider: id, old: old, new: "removed", reason: "the provider was removed"))
        }
        return changes
    }

    private static func state(of health: ProviderHealth) -> (state: String, reason: String) {
        let errors = "\(health.consecutiveErrors) errors in a row, the last one: \(health.lastError)"
        switch health.state {
        case .down: return ("down", errors)
        case .degraded where !health.isUnreachable: return ("degraded", errors)
        case .healthy where !health.isUnreachable: return ("healthy", "it answers")
        case .degraded, .healthy:
            return ("unreachable", "\(health.probe.missCount) probes in a row found no connection")
        }
    }
}
