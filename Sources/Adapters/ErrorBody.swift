// Errors in the shapes that client libraries read.

package import Wire

/// Writes an error as the client's protocol spells it, as a whole body or as the last event of a stream.
///
/// | surface | shape |
/// |---|---|
/// | OpenAI | `{"error":{"message":…,"type":…,"param":…,"code":…}}` |
/// | Anthropic | `{"type":"error","error":{"type":…,"message":…},"request_id":…}`, the type following from the status |
/// | native | `{"error":…}` |
/// | Responses | as OpenAI; as an event `{"type":"error","code":…,"message":…,"param":…,"sequence_number":…,"error":{…}}` |
///
/// - Source: conventions A 2.1 and 2.2, read from the official SDKs.
package struct ErrorBody {
    /// HTTP status it is sent with; in a stream the one it would have been sent with.
    package var status: Int
    /// `error.type` of the OpenAI shape.
    package var type: StaticString
    /// `error.code` of the OpenAI shape.
    package var code: StaticString?
    /// The request member at fault.
    package var param: StaticString?
    /// `error.details.error_code` of the Anthropic shape.
    package var detail: StaticString?

    package init(
        status: Int, type: StaticString, code: StaticString? = nil, param: StaticString? = nil,
        detail: StaticString? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.detail = detail
    }

    /// Appends the whole body.
    /// - Parameter message: a sentence for the caller; any bytes, they are escaped.
    /// - Parameter param: in the place of the error's own; any bytes.
    /// - Parameter requestID: the exchange's id; may be empty.
    package func write(
        _ surface: Surface, message: Span<UInt8>, param: Span<UInt8> = Span(), requestID: Span<UInt8>,
        into out: inout ByteBuffer
    ) {
        switch surface {
        case .openAI, .responses:
            out.append("{")
            writeMember(message: message, param: param, into: &out)
            out.append("}")
        case .anthropic:
            out.append("{\"type\":\"error\",\"error\":{\"type\":\"")
            out.append(ErrorBody.anthropicType(status))
            out.append("\",\"message\":\"")
            JSONWriter.escape(message, into: &out)
            if let detail {
                out.append("\",\"details\":{\"error_code\":\"")
                out.append(detail)
                out.append("\"}},\"request_id\":\"")
            } else {
                out.append("\"},\"request_id\":\"")
            }
            JSONWriter.escape(requestID, into: &out)
            out.append("\"}")
        case .native:
            out.append("{\"error\":\"")
            JSONWriter.escape(message, into: &out)
            out.append("\"}")
        }
    }

    package func write(
        _ surface: Surface, message: StaticString, requestID: Span<UInt8>, into out: inout ByteBuffer
    ) {
        var text = ByteBuffer(capacity: message.utf8CodeUnitCount)
        text.append(message)
        write(surface, message: text.bytes, requestID: requestID, into: &out)
    }

    /// Appends the error as an event, after which the stream ends: without `[DONE]`, for it did not end well.
    /// - Parameter sequenceNumber: events of a Responses stream before this one.
    package func writeEvent(
        _ surface: Surface, message: Span<UInt8>, requestID: Span<UInt8>, sequenceNumber: Int = 0,
        into out: inout ByteBuffer
    ) {
        switch surface {
        case .responses:
            // The members at the top are the event's; the SDK raises on `error`.
            out.append("event: error\ndata: {\"type\":\"error\",\"code\":")
            ErrorBody.write(or: code, into: &out)
            out.append(",\"message\":\"")
            JSONWriter.escape(message, into: &out)
            out.append("\",\"param\":")
            ErrorBody.write(or: param, into: &out)
            out.append(",\"sequence_number\":")
            out.append(decimal: sequenceNumber)
            out.append(",")
            writeMember(message: message, into: &out)
            out.append("}")
        case .openAI, .native:
            out.append("data: ")
            // The native stream hands on OpenAI events, so its error is one as well.
            write(.openAI, message: message, requestID: requestID, into: &out)
        case .anthropic:
            out.append("event: error\ndata: ")
            write(.anthropic, message: message, requestID: requestID, into: &out)
        }
        out.append("\n\n")
    }

    package func writeEvent(
        _ surface: Surface, message: StaticString, requestID: Span<UInt8>, sequenceNumber: Int = 0,
        into out: inout ByteBuffer
    ) {
        var text = ByteBuffer(capacity: message.utf8CodeUnitCount)
        text.append(message)
        writeEvent(
            surface, message: text.bytes, requestID: requestID, sequenceNumber: sequenceNumber, into: &out)
    }

    /// Appends the answer to a request that is refused for what it says.
    package static func write(
        _ surface: Surface, fault: RequestFault, requestID: Span<UInt8>, into out: inout ByteBuffer
    ) {
        var message = ByteBuffer()
        fault.writeMessage(into: &message)
        ErrorBody(status: fault.status, type: fault.type, code: fault.code, param: fault.field?.name)
            .write(surface, message: message.bytes, requestID: requestID, into: &out)
    }

    /// `error.type` of the Anthropic shape for a status.
    package static func anthropicType(_ status: Int) -> StaticString {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503, 529: "overloaded_error"
        case 504: "timeout_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    /// `error` of the OpenAI shape, with its name.
    private func writeMember(message: Span<UInt8>, param: Span<UInt8> = Span(), into out: inout ByteBuffer) {
        out.append("\"error\":{\"message\":\"")
        JSONWriter.escape(message, into: &out)
        out.append("\",\"type\":\"")
        out.append(type)
        out.append("\",\"param\":")
        ErrorBody.write(param, or: self.param, into: &out)
        out.append(",\"code\":")
        ErrorBody.write(or: code, into: &out)
        out.append("}")
    }

    private static func write(_ bytes: Span<UInt8> = Span(), or text: StaticString?, into out: inout ByteBuffer) {
        if !bytes.isEmpty {
            out.append("\"")
            JSONWriter.escape(bytes, into: &out)
            return out.append("\"")
        }
        guard let text else { return out.append("null") }
        out.append("\"")
        out.append(text)
        out.append("\"")
    }
}
