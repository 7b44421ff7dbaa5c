// What an exchange needs whose bodies pass through unread.

internal import Adapters

/// Beside the exchange, for few have one.
final class Pipe {
    /// The path as the client wrote it, and the type of the body.
    let path: [UInt8]
    let contentType: [UInt8]
    /// Reads the body as it comes, to its end.
    var scan: ModelScan
    /// Bytes of the body as the provider gets it; nil for chunks.
    var contentLength: Int?
    /// All of the body has come.
    var isBodyWhole = false
    /// The provider has been asked: the body goes on as it comes. Until then its first bytes are kept, for the model's name.
    var isOpen = false
    /// Bytes of the front in which the model is looked for next.
    var frontBytesWanted = Limits.pipedFrontBytes
    /// Bytes of the core's allowance for bodies that a large front takes for as long as it is kept.
    var reservedBytes = 0
    /// The answer came before the end of the body, so that its connection cannot be used again.
    var isEarly = false
    var status = 200
    /// The answer goes to the client in chunks.
    var isChunked = false
    /// Reads what the answer costs; nil where its type tells none.
    var usage: UsageScan?

    var hasSucceeded: Bool { (200..<300).contains(status) }

    init(path: [UInt8], contentType: [UInt8], contentLength: Int?) {
        self.path = path
        self.contentType = contentType
        self.contentLength = contentLength
        scan = ModelScan(contentType: contentType.span)
    }
}
