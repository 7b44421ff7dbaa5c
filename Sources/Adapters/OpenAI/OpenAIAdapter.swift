// The OpenAI wire, and everybody who copied it well.

import Wire

enum OpenAIAdapter: Adapter {
    static var type: StaticString { "openai" }
    static var healthPath: StaticString { "/v1/models" }

    static func serves(_ operation: Operation) -> Bool { operation != .messages && operation != .countTokens }

    /// Sent even when empty: the API then says what is missing.
    static func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("Authorization: Bearer ")
        out.append(key)
        out.append("\r\n")
    }

    /// Only what chooses features. `OpenAI-Organization` and `OpenAI-Project` choose who pays, so they are the
    /// operator's.
    static func forwards(_ name: Span<UInt8>) -> Bool { ASCII.equalsIgnoringCase(name, "openai-beta") }

    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        OpenAIFaults.fault(status: status, retryAfter: retryAfter, body: body)
    }
}
