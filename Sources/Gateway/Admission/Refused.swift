// Why a request is answered by the gateway itself with an error.

internal import Adapters
internal import Reactor
internal import Wire

/// Status, words and headers of one kind of refusal; the texts are the original's where it had them.
enum Refused {
    case unknownPath, wrongMethod(allow: StaticString)
    case noKey, malformedKey, badKey, noScope
    /// Nanoseconds after which another request would pass.
    case addressRate(UInt64, burst: Int), keyRate(UInt64, burst: Int)
    case budget
    case unsupportedEncoding, badEncoding, inflatedTooLarge
    case unknownModel, unclearModel
    case storedResponse
    case noProvider
    case upstreamFailed
    case totalTimeout
    case controlBusy
    /// The same request, by its idempotency key, has not been answered yet.
    case sameUnderWay
    /// The loop has refused it before it had come whole.
    case unread(Refusal)

    var body: ErrorBody {
        switch self {
        case .unknownPath: ErrorBody(status: 404, type: "invalid_request_error", code: "not_found")
        case .wrongMethod: ErrorBody(status: 405, type: "invalid_request_error", code: "method_not_allowed")
        case .noKey: ErrorBody(status: 401, type: "invalid_request_error", code: "missing_api_key")
        case .malformedKey, .badKey: ErrorBody(status: 401, type: "invalid_request_error", code: "invalid_api_key")
        case .noScope: ErrorBody(status: 403, type: "permission_error", code: "insufficient_scope")
        case .addressRate, .keyRate: ErrorBody(status: 429, type: "rate_limit_error", code: "rate_limit_exceeded")
        case .budget:
            ErrorBody(
                status: 429, type: "insufficient_quota", code: "budget_exceeded",
                detail: "enforced_spend_limit_reached")
        case .unsupportedEncoding: ErrorBody(status: 415, type: "invalid_request_error", code: "unsupported_encoding")
        case .badEncoding: ErrorBody(status: 400, type: "invalid_request_error", code: "invalid_encoding")
        case .inflatedTooLarge: ErrorBody(status: 413, type: "invalid_request_error", code: "request_too_large")
        case .unknownModel:
            ErrorBody(status: 404, type: "invalid_request_error", code: "model_not_found", param: "model")
        case .unclearModel: ErrorBody(status: 400, type: "invalid_request_error", code: "unclear_model", param: "model")
        case .storedResponse:
            ErrorBody(status: 404, type: "invalid_request_error", code: "response_not_stored", param: "response_id")
        case .noProvider: ErrorBody(status: 503, type: "server_error", code: "no_provider_available")
        case .upstreamFailed: ErrorBody(status: 502, type: "server_error", code: "upstream_failed")
        case .totalTimeout: ErrorBody(status: 504, type: "server_error", code: "timeout")
        case .sameUnderWay: ErrorBody(status: 409, type: "invalid_request_error", code: "request_in_progress")
        case .controlBusy, .unread(.overloaded): ErrorBody(status: 503, type: "server_error", code: "overloaded")
        case .unread(.bodyTooLarge): ErrorBody(status: 413, type: "invalid_request_error", code: "request_too_large")
        case .unread(.timedOut): ErrorBody(status: 408, type: "invalid_request_error", code: "request_timeout")
        case .unread(.head(let fault)):
            ErrorBody(
                status: fault.status, type: fault.status >= 500 ? "server_error" : "invalid_request_error",
                code: "malformed_request")
        }
    }

    var message: StaticString {
        switch self {
        case .unknownPath: "no such endpoint"
        case .wrongMethod: "method not allowed"
        case .noKey: "authorization required"
        case .malformedKey: "invalid api key format"
        case .badKey: "invalid api key"
        case .noScope: "insufficient scope"
        case .addressRate: "rate limit exceeded"
        case .keyRate: "api key rate limit exceeded"
        case .budget: "monthly budget exceeded"
        case .unsupportedEncoding: "the only content encodings supported are gzip and zstd"
        case .badEncoding: "the request body does not decode"
        case .inflatedTooLarge: "the decoded request body is larger than allowed"
        case .unknownModel: "the model does not exist"
        case .unclearModel: "the model must be named once, plainly, in the first 16 KiB, or 16 MiB of a form"
        case .storedResponse: "answers are not stored here: send what the conversation was with each request"
        case .noProvider: "no provider can answer"
        case .upstreamFailed: "the provider did not answer"
        case .totalTimeout: "no answer within the time allowed"
        case .controlBusy: "the gateway is busy"
        case .sameUnderWay: "a request with this idempotency key is still being answered"
        case .unread(let refusal): refusal.text
        }
    }

    /// Milliseconds for Retry-After, where waiting helps.
    var retryAfterMS: Int? {
        switch self {
        case .addressRate(let wait, _), .keyRate(let wait, _): max(1, Int(wait / 1_000_000))
        case .noProvider, .controlBusy, .sameUnderWay, .unread(.overloaded): 1_000
        case .unknownPath, .wrongMethod, .noKey, .malformedKey, .badKey, .noScope, .budget, .unsupportedEncoding,
            .badEncoding, .inflatedTooLarge, .unknownModel, .unclearModel, .storedResponse, .upstreamFailed,
            .totalTimeout, .unread:
            nil
        }
    }

    /// Requests (count) that could have come at once.
    var requestsMax: Int? {
        switch self {
        case .addressRate(_, let burst), .keyRate(_, let burst): burst
        case .unknownPath, .wrongMethod, .noKey, .malformedKey, .badKey, .noScope, .budget, .unsupportedEncoding,
            .badEncoding, .inflatedTooLarge, .unknownModel, .unclearModel, .storedResponse, .noProvider,
            .upstreamFailed, .totalTimeout, .controlBusy, .sameUnderWay, .unread:
            nil
        }
    }
}
