// The services that copied the OpenAI wire, seen from the gateway: its rules, but for what their row of the table says.

import Wire

enum CompatibleAdapter {
    static func writeCredential(_ key: Span<UInt8>, _ preset: Preset, into out: inout ByteBuffer) {
        switch preset.facts.credential {
        case .bearerIfAny where key.isEmpty: break
        case .bearer, .bearerIfAny: OpenAIAdapter.writeCredential(key, into: &out)
        case .apiKey:
            out.append("api-key: ")
            out.append(key)
            out.append("\r\n")
        }
    }

    /// What a client says to OpenAI means nothing here.
    static func forwards(_ name: Span<UInt8>) -> Bool { false }

    /// Their sentences for a prompt that is too long are as many as vLLM's and its kin.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        VLLMFaults.fault(status: status, retryAfter: retryAfter, body: body)
    }
}
