// Values that several endpoints and the credentials file share, checked in one place.

import Adapters
import Store
import Wire

enum AdminFields {
    static let providerTypes = Provider.allCases.map { "\($0.type)" }

    /// An id goes into log lines, metric labels and response headers, so it is visible ASCII.
    static func id(_ text: String?, _ what: String) throws(AdminFault) -> String {
        guard let text, !text.isEmpty else { throw .badRequest("\(what) required") }
        guard text.utf8.count <= ControlLimits.idBytesMax else {
            throw .badRequest("\(what) must have at most \(ControlLimits.idBytesMax) bytes")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badRequest("\(what) may only have visible ASCII characters")
        }
        return text
    }

    /// A name for people; anything but control characters.
    static func name(_ text: String?) throws(AdminFault) -> String? {
        guard let text else { return nil }
        guard !text.isEmpty else { throw .badRequest("name required") }
        guard text.utf8.count <= ControlLimits.nameBytesMax else {
            throw .badRequest("name must have at most \(ControlLimits.nameBytesMax) bytes")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .badRequest("name may not have control characters")
        }
        return text
    }

    static func providerType(_ text: String?) throws(AdminFault) -> String {
        guard let text, !text.isEmpty else { return "openai" }
        guard providerTypes.contains(text) else {
            throw .badRequest("unknown provider type '\(text)'; known are \(providerTypes.joined(separator: ", "))")
        }
        return text
    }

    /// Of the hosted services the address is known.
    /// - Parameter type: one of `providerTypes`.
    static func baseURL(_ text: String?, type: String) throws(AdminFault) -> BaseURLs {
        guard let dialect = Provider(type: Array(type.utf8).span),
            let text = text.flatMap({ $0.isEmpty ? nil : $0 }) ?? dialect.address.map({ "\($0)" })
        else { throw .badRequest("base_url required") }
        do throws(BaseURL.Fault) {
            let addresses = try BaseURLs(text)
            if let objection = addresses.objection(of: dialect) { throw BaseURL.Fault(description: objection) }
            return addresses
        } catch {
            throw .badRequest("base_url \(error)")
        }
    }

    /// A key becomes a header's value.
    static func providerKey(_ text: String?) throws(AdminFault) -> Secret? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badRequest("api_key may only have visible ASCII characters")
        }
        guard text.utf8.count <= Store.Limits.secretBytesMax else { throw .badRequest("api_key is too long") }
        return Secret(Array(text.utf8))
    }

    /// Reads a model over what is known of it. Members that are absent keep their value.
    /// - Parameter id: from the path; `nil` when the body names it.
    static func model(
        _ body: borrowing AdminBody, id given: String?, over existing: ModelRow?, origin: String
    ) throws(AdminFault) -> ModelRow {
        var id = given ?? ""
        if given == nil { id = try self.id(body.string("id"), "model id") }
        var row = existing ?? ModelRow(id: id, providerID: "", weight: 5)
        row.id = id
        row.origin = origin
        if existing == nil || body.has("provider_id") {
            row.providerID = try self.id(body.string("provider_id"), "provider_id")
        }
        row.weight = try body.int("weight", in: 0...10) ?? row.weight
        row.contextTokensMax =
            try body.int("max_context_tokens", in: 0...ControlLimits.tokensMax) ?? row.contextTokensMax
        row.outputTokensMax = try body.int("max_output_tokens", in: 0...ControlLimits.tokensMax) ?? row.outputTokensMax
        row.isEnabled = try body.bool("enabled") ?? row.isEnabled
        row.isGemma4 = try body.bool("gemma4_output") ?? row.isGemma4
        if let upstream = try body.string("upstream_model") {
            row.upstreamModel = upstream.isEmpty ? "" : try self.id(upstream, "upstream_model")
        }
        if let source = try body.string("pricing_source"), !source.isEmpty { row.pricingSource = source }
        let input = try price("input_per_1k", body)
        let output = try price("output_per_1k", body)
        if input != nil || output != nil {
            row.inputNanoUSDPer1K = input ?? row.inputNanoUSDPer1K ?? 0
            row.outputNanoUSDPer1K = output ?? row.outputNanoUSDPer1K ?? 0
            if existing != nil { row.pricingSource = "manual" }
        } else if body.isNull("input_per_1k") && body.isNull("output_per_1k") {
            (row.inputNanoUSDPer1K, row.outputNanoUSDPer1K) = (nil, nil)
        }
        if body.isNull("tool_name_map") { row.toolNameMap = "{}" }
        if let map = try body.json("tool_name_map", .object) { row.toolNameMap = try toolNameMap(map) }
        return row
    }

    private static func price(_ name: StaticString, _ body: borrowing AdminBody) throws(AdminFault) -> Int64? {
        try body.double(name, in: 0...ControlLimits.dollarsMax).map(NanoUSD.fromDollars)
    }

    private static func toolNameMap(_ text: [UInt8]) throws(AdminFault) -> String {
        guard text.count <= ControlLimits.toolNameMapBytesMax else { throw .badRequest("tool_name_map is too long") }
        var cursor = JSONCursor(of: ByteRange(0, text.count), in: text.span)
        while let member = cursor.next(in: text.span) {
            guard member.kind == .string else { throw .badRequest("tool_name_map must be an object of strings") }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The column's text of a list of scopes.
    static func scopes(_ words: [String]) throws(AdminFault) -> String {
        for word in words where !Scopes.names.contains(word) {
            throw .badRequest("unknown scope '\(word)'; known are \(Scopes.names.joined(separator: ", "))")
        }
        return StringJSON.encode(words)
    }
}
