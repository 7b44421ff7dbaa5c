// vLLM and the local servers that speak as it does, llama.cpp among them.

import Wire

enum VLLMAdapter: Adapter {
    static var type: StaticString { "vllm" }
    static var healthPath: StaticString { "/health" }

    static func serves(_ operation: Operation) -> Bool {
        operation == .chat || operation == .completions || operation == .embeddings || operation == .media
    }

    /// A server in one's own rack often has no key, and some refuse an empty one.
    static func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer) {
        if !key.isEmpty { OpenAIAdapter.writeCredential(key, into: &out) }
    }

    static func forwards(_ name: Span<UInt8>) -> Bool { false }

    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        VLLMFaults.fault(status: status, retryAfter: retryAfter, body: body)
    }
}
