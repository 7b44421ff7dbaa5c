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
    /// Heads up to and with the credential, one behind the other, an operation each in the order of their raw values; without the
    /// request line where that names the model. In one array, for an array of arrays takes a reference for each look into it.
    private let heads: [UInt8]
    /// Where each of them ends.
    private let headEnds: [Int]
    /// What stands in a request line before the model's name and behind the operation's path; empty where it names no model.
    private let lineStart: [UInt8]
    private let lineEnd: [UInt8]
    /// What stands in front of the version-less path of media, and behind it up to the credential.
    private let mediaStart: [UInt8]
    private let mediaFields: [UInt8]
    /// A whole GET request each.
    private let health: [UInt8]
    private let models: [UInt8]

    package var description: String { "<target of \(provider.type), redacted>" }

    /// - Parameter host: the Host field: a name or address, with its port unless it is the scheme's own.
    /// - Parameter basePath: path of the base URL; empty, or beginning with `/`. A trailing `/` or `/v1` is dropped, since
    ///   operators write either and the operation's path begins with it.
    /// - Parameter apiVersion: Azure's; then request lines name the model, which is a deployment there. Else empty.
    /// - Parameter key: the provider's key; may be empty.
    /// - Parameter userAgent: our name and version.
    package init(
        provider: Provider, host: Span<UInt8>, basePath: Span<UInt8>, apiVersion: Span<UInt8> = Span(),
        key: Span<UInt8>, userAgent: StaticString
    ) throws(Fault) {
        // Blanks and line ends would let a configured value write fields or whole requests of its own.
        guard !host.isEmpty, Target.isVisible(host) else { throw .host }
        guard basePath.isEmpty || basePath[0] == ASCII.slash, Target.isVisible(basePath), Target.isVisible(apiVersion)
        else { throw .path }
        guard Target.isVisible(key) else { throw .key }
        let base = basePath.extracting(0..<Target.baseBytes(of: basePath, provider))

        self.provider = provider
        var out = ByteBuffer()
        func take(_ out: inout ByteBuffer) -> [UInt8] {
            defer { out.removeAll() }
            return Target.array(out.bytes)
        }
        func endLine(_ out: inout ByteBuffer) {
            if !apiVersion.isEmpty {
                out.append("?api-version=")
                out.append(apiVersion)
            }
            out.append(" HTTP/1.1\r\n")
        }
        func hostField(_ out: inout ByteBuffer) {
            out.append("Host: ")
            out.append(host)
            out.append("\r\n")
        }
        func credential(_ out: inout ByteBuffer) {
            provider.writeCredential(key, into: &out)
            out.append("User-Agent: ")
            out.append(userAgent)
            out.append("\r\nAccept-Encoding: identity\r\n")
        }
        func get(_ version: StaticString, _ path: StaticString, _ out: inout ByteBuffer) -> [UInt8] {
            out.append("GET ")
            out.append(base)
            out.append(version)
            out.append(path)
            endLine(&out)
            hostField(&out)
            credential(&out)
            if let field = provider.standingField { HeadWriter.field(field.name, field.value, into: &out) }
            out.append("Accept: application/json\r\n\r\n")
            return take(&out)
        }
        let namesModel = !apiVersion.isEmpty
        var heads: [UInt8] = []
        var headEnds: [Int] = []
        for operation in Operation.allCases {
            if !namesModel {
                out.append("POST ")
                out.append(base)
                out.append(provider.version)
                Target.writePath(of: operation, into: &out)
                endLine(&out)
            }
            hostField(&out)
            out.append("Content-Type: application/json\r\n")
            credential(&out)
            heads += take(&out)
            headEnds.append(heads.count)
        }
        self.heads = heads
        self.headEnds = headEnds
        out.append("POST ")
        out.append(base)
        out.append(provider.version)
        mediaStart = take(&out)
        hostField(&out)
        credential(&out)
        mediaFields = take(&out)
        health = namesModel ? get("/openai", "/models", &out) : get("", provider.healthPath, &out)
        models = get(namesModel ? "/openai" : provider.version, "/models", &out)
        if namesModel {
            out.append("POST ")
            out.append(base)
            out.append("/openai/deployments/")
            lineStart = take(&out)
            endLine(&out)
            lineEnd = take(&out)
        } else {
            (lineStart, lineEnd) = ([], [])
        }
    }

    /// Appends a whole request that asks whether the provider lives.
    package func writeHealthRequest(into out: inout ByteBuffer) { out.append(health) }

    /// Appends a whole request for the provider's list of models.
    package func writeModelsRequest(into out: inout ByteBuffer) { out.append(models) }

    /// Appends the head of a request with a body, blank line included.
    ///
    /// Method, path, host and credential come from the configuration alone.
    /// - Parameter model: the upstream's name as a JSON string.
    /// - Parameter requestID: ours, sent as `X-Request-ID`; visible ASCII.
    /// - Parameter forwarded: lines from `ForwardedHeaders.collect`, of which those go on that the dialect allows.
    package func writeHead(
        _ operation: Operation, model: Span<UInt8> = Span(), isStream: Bool, contentLength: Int,
        requestID: Span<UInt8>, forwarded: Span<UInt8>, into out: inout ByteBuffer
    ) {
        if !lineStart.isEmpty {
            out.append(lineStart)
            Target.writeSegment(model, into: &out)
            Target.writePath(of: operation, into: &out)
            out.append(lineEnd)
        }
        let place = Int(operation.rawValue)
        out.append(heads.span.extracting((place == 0 ? 0 : headEnds[place - 1])..<headEnds[place]))
        out.append(isStream ? "Accept: text/event-stream\r\n" : "Accept: application/json\r\n")
        out.append("X-Request-ID: ")
        out.append(requestID)
        out.append("\r\n")
        ForwardedHeaders.write(forwarded, to: provider, into: &out)
        if let field = provider.standingField, !ForwardedHeaders.hold(field.name, forwarded) {
            HeadWriter.field(field.name, field.value, into: &out)
        }
        out.append("Content-Length: ")
        out.append(decimal: contentLength)
        out.append("\r\n\r\n")
    }

    /// What of a base URL's path stands before our own paths.
    private static func baseBytes(of path: Span<UInt8>, _ provider: Provider) -> Int {
        var end = path.count
        func drop(_ ending: StaticString) {
            let start = end - ending.utf8CodeUnitCount
            if start >= 0, ByteScan.equals(path, start..<end, ending) { end = start }
        }
        drop("/")
        drop("/v1")
        if provider == .compatible(.azure) { drop("/openai") }
        return end
    }

    /// Appends an operation's path without its version: `/chat/completions`.
    private static func writePath(of operation: Operation, into out: inout ByteBuffer) {
        let path = Span.of(operation.path)
        out.append(path.extracting(3..<path.count))
    }

    /// Appends the inside of a JSON string as a segment of a path. Names of deployments are letters, digits, `-`, `_` and `.`; nothing
    /// else may end the segment or the line.
    private static func writeSegment(_ literal: Span<UInt8>, into out: inout ByteBuffer) {
        var index = 1
        while index < literal.count - 1 {
            let byte = literal[index]
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): out.append(byte)
            case _ where ASCII.isAlphanumeric(byte): out.append(byte)
            default:
                out.append("%")
                if byte < 16 { out.append("0") }
                out.append(hex: UInt64(byte))
            }
            index += 1
        }
    }

    /// Appends the head of a request whose body goes on as it comes.
    /// - Parameter path: of the request, `/v1/` included; letters, digits, `-` and `_` behind it.
    /// - Parameter contentType: as the client wrote it; may be empty.
    /// - Parameter contentLength: bytes; nil for chunks.
    package func writeMediaHead(
        path: Span<UInt8>, contentType: Span<UInt8>, contentLength: Int?, requestID: Span<UInt8>,
        forwarded: Span<UInt8>, into out: inout ByteBuffer
    ) {
        out.append(mediaStart)
        out.append(path.extracting(3..<path.count))
        out.append(" HTTP/1.1\r\n")
        out.append(mediaFields)
        if !contentType.isEmpty {
            out.append("Content-Type: ")
            out.append(contentType)
            out.append("\r\n")
        }
        out.append("X-Request-ID: ")
        out.append(requestID)
        out.append("\r\n")
        ForwardedHeaders.write(forwarded, to: provider, into: &out)
        if let contentLength {
            out.append("Content-Length: ")
            out.append(decimal: contentLength)
        } else {
            out.append("Transfer-Encoding: chunked")
        }
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
