// From a row of the store to what the data plane picks variants by.

internal import Store
internal import Wire

extension AliasEntry {
    /// `nil` when the row has no variant that counts; another program may have written it.
    /// - Parameter models: indices into `Snapshot.models` by id.
    convenience init?(_ row: AliasRow, models: [String: Int]) {
        let text = Array(row.variants.utf8)
        guard (try? JSONScan.validate(text.span)) != nil, text.first == UInt8(ascii: "[") else { return nil }
        var cursor = JSONCursor(of: ByteRange(0, text.count), in: text.span)
        var variants: [Variant] = []
        while let element = cursor.next(in: text.span) {
            guard element.kind == .object, let body = try? AdminBody(Array(text[element.value.range])),
                let model = try? body.string("model_id"), let weight = try? body.int("weight", in: 1...1_000_000)
            else { continue }
            variants.append(Variant(model: models[model], weight: weight))
        }
        if variants.isEmpty { return nil }
        let stickiness: Stickiness =
            switch row.stickyBy {
            case "api_key": .apiKey
            case "round_robin": .roundRobin
            default: .request
            }
        self.init(name: row.name, variants: variants, stickiness: stickiness)
    }
}
