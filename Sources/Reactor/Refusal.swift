// Why a request is refused before the service has seen it whole. After the error answer the connection closes.

package import Wire

package enum Refusal: Error, Equatable {
    /// Not HTTP/1.1, or ambiguous.
    case head(HeadFault)
    /// The body is larger than `Loop.Settings.bodyBytesMax`.
    case bodyTooLarge
    /// Head or body did not arrive in time.
    case timedOut
    /// This core holds as many bytes of unread requests as it may.
    case overloaded

    /// The status code to answer with.
    package var status: Int {
        switch self {
        case .head(let fault): fault.status
        case .bodyTooLarge: 413
        case .timedOut: 408
        case .overloaded: 503
        }
    }

    package var text: StaticString {
        switch self {
        case .head(let fault): fault.text
        case .bodyTooLarge: "the request body is larger than allowed"
        case .timedOut: "the request did not arrive in time"
        case .overloaded: "too many large requests at once"
        }
    }
}
