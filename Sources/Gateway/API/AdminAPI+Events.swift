// events.

import Store

extension AdminAPI {
    /// What happens from now on, as an event stream.
    func events(_ request: AdminRequest) throws(AdminFault) -> AdminResponse {
        guard request.method == "GET" else { throw .method(allow: "GET") }
        guard !state.events.isFull else {
            throw AdminFault(
                status: 503, message: "\(ControlLimits.eventListenersMax) clients listen already",
                headers: [AdminResponse.Header(name: "Retry-After", value: "15")])
        }
        var response = AdminResponse(status: 200, body: EventBus.greeting)
        response.headers = [
            AdminResponse.Header(name: "Content-Type", value: "text/event-stream"),
            AdminResponse.Header(name: "Cache-Control", value: "no-store"),
            AdminResponse.Header(name: "X-Accel-Buffering", value: "no"),
        ]
        response.isEventStream = true
        return response
    }
}
