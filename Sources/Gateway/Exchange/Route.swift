// Which of our endpoints a path names.

internal import Adapters
internal import Wire

enum Route: Equatable {
    case chat, completions, embeddings, models
    case messages, countTokens, responses, compact
    /// An answer of an earlier request, or what is done with one. None is kept here.
    case storedResponse
    /// The gateway's own chat, with an envelope.
    case nativeChat
    /// The id's place in the path.
    case model(ByteRange)
    /// Audio, images, moderations, rankings: what passes through unread.
    case media
    case feedback
    case livez, readyz, healthz, metrics, admin, root
    case unknown

    init(path: Span<UInt8>) {
        switch path.count {
        case 1: self = path[0] == ASCII.slash ? .root : .unknown
        case 6: self = Route.is(path, "/livez") ? .livez : .unknown
        case 7: self = Route.is(path, "/readyz") ? .readyz : .unknown
        case 8:
            if Route.is(path, "/v1/chat") {
                self = .nativeChat
            } else {
                self = Route.is(path, "/healthz") ? .healthz : Route.is(path, "/metrics") ? .metrics : .unknown
            }
        case 10 where Route.is(path, "/v1/models"): self = .models
        case 10 where Route.is(path, "/v1/rerank"): self = .media
        case 15 where Route.is(path, "/v1/moderations"): self = .media
        case 12 where Route.is(path, "/v1/messages"): self = .messages
        case 12 where Route.is(path, "/v1/feedback"): self = .feedback
        case 13 where Route.is(path, "/v1/responses"): self = .responses
        case 14 where Route.is(path, "/v1/embeddings"): self = .embeddings
        case 15 where Route.is(path, "/v1/completions"): self = .completions
        case 21 where Route.is(path, "/v1/responses/compact"): self = .compact
        case 20 where Route.is(path, "/v1/chat/completions"): self = .chat
        case 25 where Route.is(path, "/v1/messages/count_tokens"): self = .countTokens
        default:
            if Route.begins(path, "/admin/v1/") {
                self = .admin
            } else if Route.begins(path, "/v1/models/") {
                self = .model(ByteRange(11, path.count))
            } else if Route.begins(path, "/v1/responses/") {
                self = .storedResponse
            } else if Route.isPlain(path, behind: "/v1/audio/") || Route.isPlain(path, behind: "/v1/images/") {
                self = .media
            } else {
                self = .unknown
            }
        }
    }

    /// What a provider is asked for; nil for what the gateway answers itself.
    var operation: Operation? {
        switch self {
        case .chat, .nativeChat: .chat
        case .completions: .completions
        case .embeddings: .embeddings
        case .messages: .messages
        case .countTokens: .countTokens
        case .responses: .responses
        case .compact: .compact
        case .media: .media
        case .storedResponse, .models, .model, .feedback, .livez, .readyz, .healthz, .metrics, .admin, .root, .unknown:
            nil
        }
    }

    /// Whose scope a request needs that the gateway answers itself and that may bring a body.
    var keyedOperation: Operation? { self == .storedResponse || self == .feedback ? .chat : nil }

    /// The protocol of its clients.
    var surface: Surface {
        switch self {
        case .nativeChat, .admin: .native
        case .messages, .countTokens: .anthropic
        case .responses, .compact, .storedResponse: .responses
        case .chat, .completions, .embeddings, .models, .model, .media, .feedback, .livez, .readyz, .healthz, .metrics,
            .root, .unknown:
            .openAI
        }
    }

    /// The protocol of whoever asks for this path, be it one of ours or not.
    static func surface(of path: Span<UInt8>) -> Surface {
        let route = Route(path: path)
        if route != .unknown { return route.surface }
        return begins(path, "/v1/messages/") ? .anthropic : begins(path, "/admin/") ? .native : .openAI
    }

    /// The methods it answers to, as the Allow field names them.
    var allowed: StaticString {
        switch self {
        case .chat, .nativeChat, .completions, .embeddings, .messages, .countTokens, .responses, .compact, .media,
            .feedback:
            "POST"
        case .models, .model, .livez, .readyz, .healthz, .metrics, .root: "GET, HEAD"
        case .storedResponse: "GET, HEAD, POST, DELETE"
        case .admin, .unknown: ""
        }
    }

    func allows(_ method: Method) -> Bool {
        switch self {
        case .chat, .nativeChat, .completions, .embeddings, .messages, .countTokens, .responses, .compact, .media,
            .feedback:
            method == .post
        case .models, .model, .livez, .readyz, .healthz, .metrics, .root: method == .get || method == .head
        case .storedResponse: method == .get || method == .head || method == .post || method == .delete
        case .admin, .unknown: true
        }
    }

    /// Below `/v1`.
    var isForClients: Bool {
        switch self {
        case .chat, .nativeChat, .completions, .embeddings, .messages, .countTokens, .responses, .compact,
            .storedResponse, .models, .model, .media, .feedback:
            true
        case .livez, .readyz, .healthz, .metrics, .admin, .root, .unknown: false
        }
    }

    private static func `is`(_ path: Span<UInt8>, _ text: StaticString) -> Bool {
        ByteScan.equals(path, 0..<path.count, text)
    }

    /// One more segment behind `start`, in which nothing means another place.
    private static func isPlain(_ path: Span<UInt8>, behind start: StaticString) -> Bool {
        guard begins(path, start) else { return false }
        for index in start.utf8CodeUnitCount..<path.count {
            let byte = path[index]
            let isPlain = ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            if !isPlain { return false }
        }
        return true
    }

    private static func begins(_ path: Span<UInt8>, _ text: StaticString) -> Bool {
        path.count > text.utf8CodeUnitCount && ByteScan.equals(path, 0..<text.utf8CodeUnitCount, text)
    }
}
