// Why one attempt at one endpoint gave no usable answer.

/// What went wrong, whose fault it is and whether another attempt may help. Making one has no effects.
package enum AttemptFault: Error, Equatable, Sendable {
    /// The prompt does not fit this model. The caller's fault, but a model with a larger window may still answer.
    case contextOverflow(status: Int)
    /// The provider wants us to slow down; nanoseconds it asked us to wait, where it said so.
    case rateLimited(retryAfter: Int64?)
    /// The provider's account has no money or quota left; waiting a minute will not help.
    case budgetExceeded
    /// The provider refused its own key: 401, 403 or 407. Never the caller's fault, never shown as a 401 of ours.
    case credentialRefused(status: Int)
    /// The request is at fault: the provider's status and body go to the caller as they are, and nowhere else.
    case clientFault(status: Int)
    /// The provider speaks another wire than the client, and that wire has no place for something in the request; nobody was asked.
    case cannotCarry
    /// The provider failed in a way that may pass.
    case transient(Cause)
    /// The endpoint is not what its configuration says; trying it again cannot help, another provider may.
    case fatal(Cause)

    /// What was seen, for logs and metric labels.
    package enum Cause: Equatable, Sendable {
        /// An answer with this status.
        case status(Int)
        /// 3xx: never followed, for the key must not travel to another origin.
        case redirect(Int)
        /// 200 with no body at all.
        case emptyAnswer
        /// 200 with a body that is not JSON, or an event whose data is not.
        case malformedAnswer
        /// 200 with JSON that is not an answer: `{}`, no choices, no data.
        case hollowAnswer
        /// 200 with an error object, whole or in a stream.
        case errorObject
        /// The stream ended without its terminator.
        case truncated
        /// An event above the bound.
        case oversized
        /// No connection: refused, unreachable, name not found.
        case unreachable
        /// The connection ended before the answer did.
        case connectionLost
        /// TLS could not be agreed or the certificate is not the host's.
        case tls
        /// The answer is not HTTP.
        case notHTTP
        /// A deadline passed.
        case timeout
    }

    /// Whose fault an attempt's end is.
    package enum Blame: Equatable, Sendable { case caller, provider }

    package var blame: Blame {
        switch self {
        case .contextOverflow, .clientFault, .cannotCarry: .caller
        case .rateLimited, .budgetExceeded, .credentialRefused, .transient, .fatal: .provider
        }
    }

    /// What is done about a fault.
    package enum Action: Equatable, Sendable {
        /// The same model with room for a shorter answer, then a larger model, then what the provider said.
        case makeRoom
        /// Another endpoint.
        case elsewhere
        /// Another endpoint; where nobody else is left the same one after a pause, for what went wrong may pass.
        case again
        /// The model is left out until the operator says otherwise; another one.
        case disable
        /// The provider's own status and body are the answer.
        case passOn
    }

    /// What is to be done. A sound provider answers at once, so it comes before a second try at one that has just failed; after a
    /// deadline the caller has waited enough for that one.
    package var action: Action {
        switch self {
        case .contextOverflow: .makeRoom
        case .rateLimited, .credentialRefused, .cannotCarry, .transient(.timeout), .fatal: .elsewhere
        case .transient: .again
        case .budgetExceeded: .disable
        case .clientFault: .passOn
        }
    }

    /// No connection came about, so what failed is the way to the provider, and a probe can tell when it is open again.
    package var isOfConnecting: Bool {
        switch self {
        case .transient(.unreachable), .transient(.tls): true
        case .contextOverflow, .rateLimited, .budgetExceeded, .credentialRefused, .clientFault, .cannotCarry,
            .transient, .fatal:
            false
        }
    }

    /// What was seen, as a short name.
    package var causeLabel: StaticString {
        switch self {
        case .transient(let cause), .fatal(let cause): cause.label
        case .contextOverflow, .rateLimited, .budgetExceeded, .credentialRefused, .clientFault, .cannotCarry: label
        }
    }

    /// Short name for metric labels and log fields.
    package var label: StaticString {
        switch self {
        case .contextOverflow: "context_overflow"
        case .rateLimited: "rate_limited"
        case .budgetExceeded: "budget_exceeded"
        case .credentialRefused: "credential_refused"
        case .clientFault: "client_fault"
        case .cannotCarry: "cannot_carry"
        case .transient: "transient"
        case .fatal: "fatal"
        }
    }
}

extension AttemptFault.Cause {
    /// Short name for log fields and routing reasons.
    package var label: StaticString {
        switch self {
        case .status: "status"
        case .redirect: "redirect"
        case .emptyAnswer: "empty_answer"
        case .malformedAnswer: "malformed_answer"
        case .hollowAnswer: "hollow_answer"
        case .errorObject: "error_object"
        case .truncated: "truncated"
        case .oversized: "oversized"
        case .unreachable: "unreachable"
        case .connectionLost: "connection_lost"
        case .tls: "tls"
        case .notHTTP: "not_http"
        case .timeout: "timeout"
        }
    }
}
