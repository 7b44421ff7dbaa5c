// What a client is told when nobody could answer: the last fault, and why each candidate was out of the question.

internal import Adapters
internal import Wire

enum Unanswered {
    /// The status to answer with, and the milliseconds after which trying again makes sense.
    static func status(_ fault: AttemptFault?) -> (status: Int, retryAfterMS: Int?) {
        switch fault {
        case nil: (503, 1_000)
        case .rateLimited(let wait): (429, wait.map { max(1, Int($0 / 1_000_000)) } ?? 1_000)
        case .transient(.timeout): (504, nil)
        case .budgetExceeded, .credentialRefused, .contextOverflow, .clientFault, .transient, .fatal: (502, nil)
        }
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
        for (index, model) in snapshot.models.enumerated().prefix(16) {
            guard let reason = Router.rejection(of: index, exchange.query, snapshot, health) else { continue }
            out.append(index == 0 ? "; " : ", ")
            out.append(model.idBytes)
            out.append(": ")
            out.append(reason.label)
        }
    }
}
