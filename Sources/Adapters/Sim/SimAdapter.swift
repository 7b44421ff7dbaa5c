// The simulated provider, seen from the gateway: an OpenAI server that takes orders.

import Wire

enum SimAdapter: Adapter {
    static var type: StaticString { "sim" }
    static var healthPath: StaticString { "/health" }

    static func serves(_ operation: Operation) -> Bool { VLLMAdapter.serves(operation) }

    static func writeCredential(_ key: Span<UInt8>, into out: inout ByteBuffer) {
        if !key.isEmpty { OpenAIAdapter.writeCredential(key, into: &out) }
    }

    /// As OpenAI, and the directives of the simulation.
    static func forwards(_ name: Span<UInt8>) -> Bool {
        if name.count > 6, ASCII.equalsIgnoringCase(name.extracting(0..<6), "x-sim-") { return true }
        return OpenAIAdapter.forwards(name)
    }

    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        OpenAIFaults.fault(status: status, retryAfter: retryAfter, body: body)
    }
}
