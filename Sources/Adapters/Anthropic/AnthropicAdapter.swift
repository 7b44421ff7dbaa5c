// The Messages wire.

import Wire

enum AnthropicAdapter: Adapter {
    static var type: StaticString { "anthropic" }
    static var healthPath: StaticString { "/v1/models" }

    static func serves(_ operation: Operation) -> Bool { operation == .messages || operation == .countTokens }

    /// Sent even when empty: the API then says what is missing.
    static func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("x-api-key: ")
        out.append(key)
        out.append("\r\n")
    }

    /// The version and the features that a client of this wire was written for.
    static func forwards(_ name: Span<UInt8>) -> Bool {
        ASCII.equalsIgnoringCase(name, "anthropic-version") || ASCII.equalsIgnoringCase(name, "anthropic-beta")
    }

    /// The API answers nobody who does not say the version; clients of other wires do not.
    static var standingField: StandingField? { StandingField(name: "anthropic-version", value: "2023-06-01") }

    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        AnthropicFaults.fault(status: status, retryAfter: retryAfter, body: body)
    }
}
