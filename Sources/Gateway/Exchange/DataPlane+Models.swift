// What can be named, in the shape that the asking client reads; and answers of earlier requests, of which none is kept.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    func listModels(
        _ route: Route, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange,
        _ client: ClientConnection
    ) {
        if !snapshot.settings.modelsArePublic {
            if case .failure(let denied) = authorise(head, bytes, .chat) {
                if let key = denied.legacyKey { return park(key, head, bytes, body, client) }
                return refuse(denied.reason, head, bytes, client)
            }
        }
        let surface = surface(of: head, bytes)
        guard case .model(let place) = route else {
            return answer(200, "application/json", modelsBody(surface).span, for: surface, client)
        }
        guard let id = PercentDecoding.decoded(bytes.extracting(head.path).extracting(place)),
            let name = ModelList.name(id.span, of: snapshot)
        else { return refuse(.unknownModel, head, bytes, client) }
        let one = surface == .anthropic ? ModelList.anthropic(name) : ModelList.one(name, of: snapshot)
        answer(200, "application/json", one.span, for: surface, client)
    }

    /// The protocol of a request's client: its path says so, or, where two share a path, a field that only one of them sends.
    /// - Source: conventions A 2.4.
    func surface(of head: borrowing RequestParser, _ bytes: Span<UInt8>) -> Surface {
        let path = bytes.extracting(head.path)
        switch Route(path: path) {
        case .models, .model:
            return head.fields.contains(.anthropicVersion) || head.fields.contains(.xAPIKey) ? .anthropic : .openAI
        default: return Route.surface(of: path)
        }
    }

    /// Answers are handed on and not kept, whoever made them.
    func refuseStored(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange, _ client: ClientConnection
    ) {
        switch authorise(head, bytes, .responses) {
        case .success: refuse(.storedResponse, head, bytes, client)
        case .failure(let denied):
            if let key = denied.legacyKey { return park(key, head, bytes, body, client) }
            refuse(denied.reason, head, bytes, client)
        }
    }

    /// The answer to `GET /v1/models`, made once per snapshot and shape.
    private func modelsBody(_ surface: Surface) -> [UInt8] {
        if surface == .anthropic {
            let list = modelLists.anthropic ?? ModelList.anthropic(of: snapshot)
            modelLists.anthropic = list
            return list
        }
        let list = modelLists.openAI ?? ModelList.all(of: snapshot)
        modelLists.openAI = list
        return list
    }
}
