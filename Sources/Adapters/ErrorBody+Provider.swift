// A provider's error in the OpenAI shape.

import Wire

extension ErrorBody {
    /// Appends the OpenAI shape with what the provider said of the member at fault, as JSON values of its body.
    func write(
        message: Span<UInt8>, param: ByteRange, code: ByteRange, of body: Span<UInt8>, into out: inout ByteBuffer
    ) {
        out.append("{\"error\":{\"message\":\"")
        JSONWriter.escape(message, into: &out)
        out.append("\",\"type\":\"")
        out.append(type)
        out.append("\",\"param\":")
        if param.isEmpty { out.append("null") } else { out.append(body.extracting(param)) }
        out.append(",\"code\":")
        if let own = self.code {
            JSONWriter.quote(own, into: &out)
        } else if code.isEmpty {
            out.append("null")
        } else {
            out.append(body.extracting(code))
        }
        out.append("}}")
    }

    /// `error.type` of the OpenAI shape for a provider's status.
    static func openAIType(_ status: Int) -> StaticString {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }
}
