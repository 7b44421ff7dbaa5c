// Where a provider is reached, and with which credential.

package import Wire

/// One endpoint of a provider with the request heads for it, written once when the configuration is read.
///
/// It holds the provider's key, so it describes itself without its content.
package struct Target: Sendable, CustomStringConvertible {
    /// Why a configured address or key cannot be used.
    package enum Fault: Error, Equatable, Sendable {
        /// The host is empty or has a byte that no host has.
        case host
        /// The path does not begin with `/` or has a byte that no path has.
        case path
        /// The key has a blank, a control byte or one beyond ASCII.
        case key
    }

    package let provider: Provider
    /// Heads up to and with the credential, one per operation in the order of their raw values.
    private let heads: [[UInt8]]
    /// A whole GET request each.
    private let health: [UInt8]
    private let models: [UInt8]

    package var description: String { "<target of \(provider.type), redacted>" }

    /// - Parameter host: the Host field: a name or address, with its port unless it is the scheme's own.
    /// - Parameter basePath: path of the base URL; empty, or beginning with `/`. A trailing `/` or `/v1` is dropped, since
    ///   operators write either and the operation's path begins with it.
    /// - Parameter key: the provider's key; may be empty.
    /// - Parameter userAgent: our name and version.
    package init(
        provider: Provider, host: Span<UInt8>, basePath: Span<UInt8>, key: Span<UInt8>, userAgent: StaticString
    ) throws(Fault) {
        // Blanks and line ends would let a configured value write fields or whole requests of its own.
        guard !host.isEmpty, Target.isVisible(host) else { throw .host }
        guard basePath.isEmpty || basePath[0] == ASCII.slash, Target.isVisible(basePath) else { throw .path }
        guard Target.isVisible(key) else { throw .key }
        var end = basePath.count
        if end > 0, basePath[end - 1] == ASCII.slash { end -= 1 }
        if end >= 3, ByteScan.equals(basePath, (end - 3)..<end, "/v1") { end -= 3 }

        self.provider = provider
        var out = ByteBuffer()
        func finish(_ out: inout ByteBuffer) -> [UInt8] {
            provider.writeCredential(key, into: &out)
            out.append("User-Agent: ")
            out.append(userAgent)
            out.append("\r\nAccept-Encoding: identity\r\n")
            defer { out.removeAll() }
            return Target.array(out.bytes)
        }
        func start(_ method: StaticString, _ path: StaticString, _ out: inout ByteBuffer) {
            out.append(method)
            out.append(basePath.extracting(0..<end))
            out.append(path)
            out.append(" HTTP/1.1\r\nHost: ")
            out.append(host)
            out.append("\r\n")
        }
        var heads: [[UInt8]] = []
        for operation in Operation.allCases {
            start("POST ", operation.path, &out)
            out.append("Content-Type: application/json\r\n")
            heads.append(finish(&out))
        }
        self.heads = heads
        start("GET ", provider.healthPath, &out)
        health = finish(&out) + Array("Accept: application/json\r\n\r\n".utf8)
        start("GET ", "/v1/models", &out)
        models = finish(&out) + Array("Accept: application/json\r\n\r\n".utf8)
    }

    /// Appends a whole request that asks whether the provider lives.
    package func writeHealthRequest(into out: inout ByteBuffer) { out.append(health) }

    /// Appends a whole request for the provider's list of models.
    package func writeModelsRequest(into out: inout ByteBuffer) { out.append(models) }

    /// Appends the head of a request with a body, blank line included.
    ///
    /// Method, path, host and credential come from the configuration alone.
    /// - Parameter requestID: ours, sent as `X-Request-ID`; visible ASCII.
    /// - Parameter forwarded: lines from `ForwardedHeaders.collect`, of which those go on that the dialect allows.
    package func writeHead(
        _ operation: Operation, isStream: Bool, contentLength: Int, requestID: Span<UInt8>, forwarded: Span<UInt8>,
        into out: inout ByteBuffer
    ) {
        out.append(heads[Int(operation.rawValue)])
        out.append(isStream ? "Accept: text/event-stream\r\n" : "Accept: application/json\r\n")
        out.append("X-Request-ID: ")
        out.append(requestID)
        out.append("\r\n")
        ForwardedHeaders.write(forwarded, to: provider, into: &out)
        out.append("Content-Length: ")
        out.append(decimal: contentLength)
        out.append("\r\n\r\n")
    }

    private static func isVisible(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where bytes[index] <= 0x20 || bytes[index] >= 0x7F { return false }
        return true
    }

    private static func array(_ bytes: Span<UInt8>) -> [UInt8] {
        bytes.indices.map { bytes[$0] }
    }
}
