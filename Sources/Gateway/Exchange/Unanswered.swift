// What a client is told when nobody could answer: the last fault, and why each candidate was out of the question.

internal import Adapters
internal import Wire

enum Unanswered {
    /// The status to answer with, and the milliseconds after which trying again makes sense.
    static func status(_ exchange: Exchange, _ health: [ProviderHealth]) -> (status: Int, retryAfterMS: Int?) {
        switch exchange.lastFault {
        case nil: (503, restMS(exchange, health))
        case .rateLimited: (429, restMS(exchange, health))
        case .transient(.timeout): (504, nil)
        case .budgetExceeded, .credentialRefused, .contextOverflow, .clientFault, .transient, .fatal: (502, nil)
        }
    }

    /// Milliseconds until the first of those that could answer may be asked again; at least a second, so that nobody hammers.
    private static func restMS(_ exchange: Exchange, _ health: [ProviderHealth]) -> Int {
        let snapshot = exchange.snapshot
        var query = exchange.query
        query.tried = Query.Tried()
        var rest = UInt64.max
        for (index, model) in snapshot.models.enumerated()
        where Router.rejection(of: index, query, snapshot, health) ?? .healthDown == .healthDown {
            let until = health[model.provider].coolUntil
            rest = min(rest, until > query.now ? until - query.now : 0)
        }
        return rest == .max ? 1_000 : max(1_000, Int((rest + 999_999) / 1_000_000))
    }

    /// One sentence; bounded, for the list of models may be long.
    static func write(_ exchange: Exchange, _ health: [ProviderHealth], into out: inout ByteBuffer) {
        if let fault = exchange.lastFault {
            out.append("all providers failed; the last one: ")
            out.append(fault.label)
            switch fault {
            case .transient(let cause), .fatal(let cause):
                out.append(" (")
                out.append(cause.label)
                out.append(")")
            case .contextOverflow, .rateLimited, .budgetExceeded, .credentialRefused, .clientFault: break
            }
        } else {
            out.append("no eligible models registered")
        }
        let snapshot = exchange.snapshot
        var isFirst = true
        for (index, model) in snapshot.models.enumerated().prefix(16) {
            guard let reason = Router.rejection(of: index, exchange.query, snapshot, health) else { continue }
            out.append(isFirst ? "; " : ", ")
            isFirst = false
            out.append(model.idBytes)
            out.append(": ")
            out.append(reason.label)
        }
    }
}
