// Where an image or document is.

enum ImageSource: Sendable {
    /// Behind an address.
    case url
    /// In the request.
    case base64
}
