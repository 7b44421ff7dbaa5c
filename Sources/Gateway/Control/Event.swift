// Something that happened, as `GET /admin/v1/events` tells it. The names are the original's.

internal import Adapters
package import Store
internal import Wire

package struct Event: Sendable {
    package enum Kind: Sendable {
        case routeSuccess, routeError, heartbeat, healthChange, keyRotationExpired
        /// A model is not asked any more, because its provider's account is spent.
        case modelDisabled

        var name: StaticString {
            switch self {
            case .routeSuccess: "route_success"
            case .routeError: "route_error"
            case .heartbeat: "heartbeat"
            case .healthChange: "health_change"
            case .keyRotationExpired: "key_rotation_expired"
            case .modelDisabled: "model_disabled"
            }
        }
    }

    package let kind: Kind
    package let timestamp: Timestamp
    // Members that are empty or nil are left out.
    package var modelID = ""
    package var providerID = ""
    package var latencyMS: Double?
    package var costNanoUSD: Int64?
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var errorClass = ""
    package var errorMessage = ""
    package var reason = ""
    package var oldState = ""
    package var newState = ""
    package var requestID = ""
    package var apiKeyName = ""
    package var mode = ""

    package init(_ kind: Kind, at timestamp: Timestamp) {
        self.kind = kind
        self.timestamp = timestamp
    }

    /// As an event of an event stream.
    func text() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", kind.name)
        writer.member("timestamp", timestamp.description)
        writer.some("model_id", modelID)
        writer.some("provider_id", providerID)
        if let latencyMS { writer.member("latency_ms", latencyMS) }
        if let costNanoUSD { writer.member("cost_usd", NanoUSD.dollars(costNanoUSD)) }
        writer.some("input_tokens", inputTokens)
        writer.some("output_tokens", outputTokens)
        writer.some("total_tokens", inputTokens + outputTokens)
        writer.some("error_class", errorClass)
        writer.some("error_msg", errorMessage)
        writer.some("reason", reason)
        writer.some("old_state", oldState)
        writer.some("new_state", newState)
        writer.some("request_id", requestID)
        writer.some("api_key_name", apiKeyName)
        writer.some("mode", mode)
        writer.endObject()
        var out = ByteBuffer()
        let json = writer.takeBytes()
        EventWriter.event(kind.name, data: json.span, into: &out)
        return Array(copying: out.bytes)
    }
}

extension JSONWriter {
    /// A member that is left out when it says nothing.
    fileprivate mutating func some(_ name: StaticString, _ text: String) { if !text.isEmpty { member(name, text) } }
    fileprivate mutating func some(_ name: StaticString, _ count: Int64) { if count != 0 { member(name, count) } }
}

extension Event {
    /// A request is over.
    init(_ record: RequestRecord, _ snapshot: Snapshot) {
        self.init(
            record.outcome == .ok ? .routeSuccess : .routeError,
            at: Timestamp(milliseconds: Int64((record.startedAt &+ record.durationNS) / 1_000_000)))
        if record.model >= 0 { modelID = snapshot.models[Int(record.model)].id }
        if record.provider >= 0 { providerID = snapshot.providers[Int(record.provider)].id }
        if record.key >= 0 { apiKeyName = snapshot.keys[Int(record.key)].name }
        latencyMS = Double(record.durationNS) / 1_000_000
        costNanoUSD = record.costNanoUSD
        (inputTokens, outputTokens) = (record.usage.inputTokens, record.usage.outputTokens)
        requestID = record.requestID.string
        mode = RequestRecord.modes[record.modeIndex]
        switch record.outcome {
        case .ok: break
        case .error:
            errorClass = "\(record.errorLabel)"
            errorMessage = "the client was answered with status \(record.status)"
        case .cancelled:
            errorClass = "cancelled"
            errorMessage = "the client left"
        }
        if record.model >= 0 {
            var text = ByteBuffer()
            record.reason.write(into: &text)
            reason = String(copying: text.bytes)
        }
    }
}
