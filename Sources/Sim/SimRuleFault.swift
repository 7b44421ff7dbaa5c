// A rule of a wire that a request breaks.

/// Told with status 400, in the words of the wire's own provider.
struct SimRuleFault: Error, Equatable, Sendable {
    /// Where in the request, such as `messages.1.content`.
    let place: String
    let text: String

    init(_ place: String, _ text: String) { (self.place, self.text) = (place, text) }
}
