// Requests that the loop refuses before they have come whole, in the words of those who asked.

internal import Adapters
package import Reactor
internal import Wire

extension DataPlane {
    package func requestRefused(_ refusal: Refusal, request: Span<UInt8>, by client: ClientConnection) {
        var head = RequestParser()
        // Of a head that stands more is known than where it leads.
        if (try? head.parse(request, scanned: 0)) != nil {
            heed(head, client)
            noteOrigin(Route(path: request.extracting(head.path)), head, request)
            return refuse(.unread(refusal), head, request, client)
        }
        originLines = []
        let (refused, id) = (Refused.unread(refusal), newRequestID())
        logRefusal(refused.body, id)
        refuse(refused, Route.surface(of: request.extracting(RequestParser.path(ofRefused: request))), id, client)
    }

    package func bodyBroke(_ refusal: Refusal, from client: ClientConnection) {
        guard let exchange = exchange(client.tag), pipes[exchange.number] != nil else { return }
        endPipe(exchange, .unread(refusal))
    }
}
