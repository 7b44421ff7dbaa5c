// What a client is told when nobody could answer: the last fault, and why each candidate was out of the question.

internal import Adapters
internal import Wire

enum Unanswered {
    /// What to answer with, and the milliseconds after which trying again makes sense.
    static func verdict(_ exchange: Exchange, _ health: [ProviderHealth]) -> (body: ErrorBody, retryAfterMS: Int?) {
        let serverError = { (status: Int) in ErrorBody(status: status, type: "server_error", code: "upstream_failed") }
        // The original's status on its own surface, whatever the reason.
        let isNative = exchange.surface == .native
        switch exchange.lastFault {
        case nil:
            if unable(exchange) != nil { return (body(ofUnable: exchange.request.operation), nil) }
            if let limit = limit(exchange) { return (body(of: limit), nil) }
            let isNamed = exchange.query.named != nil && exchange.query.policy.isStrict
            let body = ErrorBody(
                status: isNative && !isNamed ? 502 : 503, type: "server_error", code: "no_provider_available")
            return (body, restMS(exchange, health))
        case .rateLimited:
            let body = ErrorBody(status: 429, type: "rate_limit_error", code: "rate_limit_exceeded")
            return (isNative ? serverError(502) : body, restMS(exchange, health))
        case .transient(.timeout): return (serverError(isNative ? 502 : 504), nil)
        case .cannotCarry:
            return (ErrorBody(status: 400, type: "invalid_request_error", code: "unsupported_parameter"), nil)
        case .budgetExceeded, .credentialRefused, .contextOverflow, .clientFault, .transient, .fatal:
            return (serverError(502), nil)
        }
    }

    /// The model named, where its provider cannot do what is asked and nobody else's answer would do: vectors of another model mean
    /// something else, a compaction means nothing to another provider.
    private static func unable(_ exchange: Exchange) -> ModelEntry? {
        let (snapshot, operation) = (exchange.snapshot, exchange.request.operation)
        guard operation.isBound, let named = exchange.query.named,
            !snapshot.providers[snapshot.models[named].provider].answers.contains(operation)
        else { return nil }
        return snapshot.models[named]
    }

    private static func body(ofUnable operation: Operation) -> ErrorBody {
        operation == .compact
            ? ErrorBody(status: 404, type: "invalid_request_error", code: "compaction_not_supported", param: "model")
            : ErrorBody(status: 400, type: "invalid_request_error", code: "embeddings_not_supported", param: "model")
    }

    /// A limit of the request that no model is within, so that waiting helps nothing; nil: there is none such.
    ///
    /// Of several the one that is judged last: the model it excludes is within all others, so it is the nearest.
    private static func limit(_ exchange: Exchange) -> Decision.Rejection? {
        let snapshot = exchange.snapshot
        var query = exchange.query
        query.tried = Query.Tried()
        let sound = Array(repeating: ProviderHealth(), count: snapshot.providers.count)
        var found: Decision.Rejection?
        for model in snapshot.models.indices {
            guard let reason = Router.rejection(of: model, query, snapshot, sound) else { return nil }
            switch reason {
            case .budgetExceeded: found = reason
            case .contextOverflow where found != .budgetExceeded: found = reason
            case .weightBelowMinimum where found == nil: found = reason
            default: break
            }
        }
        return found
    }

    /// 402 for money, since that is what is missing, and since no client library tries it again on its own; for the prompt what
    /// OpenAI itself would say, which agents know how to mend.
    private static func body(of limit: Decision.Rejection) -> ErrorBody {
        switch limit {
        case .budgetExceeded: ErrorBody(status: 402, type: "invalid_request_error", code: "max_budget_exceeded")
        case .contextOverflow: ErrorBody(status: 400, type: "invalid_request_error", code: "context_length_exceeded")
        default: ErrorBody(status: 400, type: "invalid_request_error", code: "min_weight_unmet")
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
        if exchange.lastFault == .cannotCarry {
            out.append("no provider that can be asked has a place for ")
            out.append(exchange.uncarried)
        } else if let fault = exchange.lastFault {
            out.append(
                exchange.surface == .native && exchange.request.isStream
                    ? "all providers failed for streaming: the last one: " : "all providers failed; the last one: ")
            out.append(fault.label)
            switch fault {
            case .transient(let cause), .fatal(let cause):
                out.append(" (")
                out.append(cause.label)
                out.append(")")
            case .contextOverflow, .rateLimited, .budgetExceeded, .credentialRefused, .clientFault, .cannotCarry: break
            }
        } else if let model = unable(exchange) {
            out.append("the provider of ")
            out.append(model.idBytes)
            let reason: StaticString =
                exchange.request.operation == .compact
                ? " compacts no conversations: ask the model for a summary and go on with that" : " makes no vectors"
            out.append(reason)
            return
        } else if let limit = limit(exchange) {
            // By these words clients of the Messages wire know that they must send less.
            if limit == .contextOverflow, exchange.surface == .anthropic { out.append("prompt is too long: ") }
            out.append("no model is within the limits of the request")
        } else if exchange.query.named != nil, exchange.query.policy.isStrict, !exchange.query.isFromPool {
            out.append("the model named cannot be asked now")
        } else {
            out.append("no eligible models registered")
        }
        let snapshot = exchange.snapshot
        var isFirst = true
        var listedCount = 0
        for (index, model) in snapshot.models.enumerated() where listedCount < 16 {
            guard let reason = Router.rejection(of: index, exchange.query, snapshot, health) else { continue }
            // What was not meant needs no reason.
            if reason == .notNamed || reason == .outsidePool { continue }
            listedCount += 1
            out.append(isFirst ? "; " : ", ")
            isFirst = false
            out.append(model.idBytes)
            out.append(": ")
            out.append(reason.label)
            measure(model, against: reason, exchange.query, into: &out)
        }
    }

    /// By how much a model misses a limit.
    private static func measure(
        _ model: ModelEntry, against limit: Decision.Rejection, _ query: Query, into out: inout ByteBuffer
    ) {
        switch limit {
        case .weightBelowMinimum:
            out.append(" (weight ")
            out.append(decimal: model.weight)
            out.append(", min_weight ")
            out.append(decimal: query.policy.weightMin)
        case .contextOverflow:
            out.append(" (")
            out.append(decimal: model.contextTokensMax)
            out.append(" tokens, about ")
            out.append(decimal: query.estimatedInputTokens)
            out.append(" in the request")
        case .budgetExceeded:
            guard let cost = Router.cost(of: query, model) else { return out.append(" (price unknown)") }
            out.append(" (estimated ")
            NanoDollars.write(cost, into: &out)
            out.append(" USD, budget ")
            NanoDollars.write(query.policy.budgetNanoUSDMax, into: &out)
            out.append(" USD")
        case .disabled, .notNamed, .outsidePool, .noAdapter, .tried, .healthDown: return
        }
        out.append(")")
    }
}
