// A provider's error in the words of any client.

package import Wire

/// Where an error body says what went wrong, whichever wire it is of.
///
/// | wire | shape |
/// |---|---|
/// | OpenAI | `{"error":{"message":…,"type":…,"param":…,"code":…}}` |
/// | Anthropic | `{"type":"error","error":{"type":…,"message":…}}` |
/// | Gemini | the first, in an array |
/// | Ollama | `{"error":…}` |
/// | older vLLM, Mistral | `{"message":…,"code":…}` |
/// | FastAPI in front of any | `{"detail":…}`, `{"detail":[{"msg":…}]}` |
package struct ProviderError: Equatable, Sendable {
    /// A JSON string; `.none`: the body is no JSON, or says nothing of this kind.
    private var message = ByteRange.none
    /// JSON values; `.none`: not said.
    private var param = ByteRange.none
    private var code = ByteRange.none

    /// - Parameter body: any bytes.
    package init(_ body: Span<UInt8>) {
        guard (try? JSONScan.validate(body, depthMax: Limits.answerDepthMax)) != nil else { return }
        var reader = JSONReader()
        let isArray = reader.nextKind(in: body) == .array
        let whole = ByteRange(reader.offset, body.count)
        guard let root = isArray ? JSONScan.element(of: whole, in: body, at: 0)?.value : whole else { return }
        let error = JSONScan.find("error", in: body, from: root)
        let place = error?.kind == .object ? error?.value ?? root : root
        param = ProviderError.scalar("param", in: place, of: body)
        code = ProviderError.scalar("code", in: place, of: body)
        for path in ["message", "error", "detail", "detail.0.msg", "message.detail.0.msg"] as [StaticString] {
            guard let found = JSONScan.find(path, in: body, from: place), found.kind == .string else { continue }
            message = found.value
            return
        }
    }

    /// Appends what the provider said went wrong: its sentence, else a short body as it is, else a sentence of ours.
    /// - Parameter isOverflow: the prompt was too long, and the client knows that by how the message begins.
    package func writeMessage(from body: Span<UInt8>, isOverflow: Bool = false, into out: inout ByteBuffer) {
        if isOverflow, !FaultText.holds(body, "prompt is too long") { out.append("prompt is too long: ") }
        if message.count > 2, JSONScan.unescape(body, message, into: &out) { return }
        // A page of HTML tells a client nothing.
        let isShort = !body.isEmpty && body.count <= Limits.errorTextBytesMax && body[0] != UInt8(ascii: "<")
        if isShort { out.append(body) } else { out.append("the provider refused the request") }
    }

    /// Appends the error as the client's wire has it.
    /// - Parameter status: the provider's, with which it is sent.
    /// - Parameter isOverflow: the prompt was too long, which clients know by a code or by how the message begins.
    package func write(
        _ surface: Surface, status: Int, isOverflow: Bool, from body: Span<UInt8>, requestID: Span<UInt8>,
        into out: inout ByteBuffer
    ) {
        var text = ByteBuffer()
        writeMessage(from: body, isOverflow: isOverflow && surface == .anthropic, into: &text)
        let error = ErrorBody(
            status: status, type: ErrorBody.openAIType(status), code: isOverflow ? "context_length_exceeded" : nil)
        switch surface {
        case .openAI, .responses:
            error.write(message: text.bytes, param: param, code: code, of: body, into: &out)
        case .anthropic, .native:
            error.write(surface, message: text.bytes, requestID: requestID, into: &out)
        }
    }

    private static func scalar(_ name: StaticString, in place: ByteRange, of body: Span<UInt8>) -> ByteRange {
        guard let found = JSONScan.find(name, in: body, from: place) else { return .none }
        return found.kind == .string || found.kind == .number ? found.value : .none
    }
}
