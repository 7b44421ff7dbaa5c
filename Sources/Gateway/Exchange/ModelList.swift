// The answers to `GET /v1/models` and `GET /v1/models/{id}`.

internal import Wire

enum ModelList {
    /// Enabled models of enabled providers, sorted by id.
    static func all(of snapshot: Snapshot) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("object", "list")
        writer.key("data")
        writer.beginArray()
        let usable = snapshot.models.filter { $0.isEnabled && snapshot.providers[$0.provider].isEnabled }
        for model in usable.sorted(by: { $0.id < $1.id }) { write(model, snapshot, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.takeBytes()
    }

    static func one(_ model: ModelEntry, of snapshot: Snapshot) -> [UInt8] {
        var writer = JSONWriter()
        write(model, snapshot, into: &writer)
        return writer.takeBytes()
    }

    private static func write(_ model: ModelEntry, _ snapshot: Snapshot, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", model.id)
        writer.member("object", "model")
        // When a model came to be is not known here; the field must be there for client libraries.
        writer.member("created", 0)
        writer.member("owned_by", snapshot.providers[model.provider].id)
        if model.contextTokensMax > 0 {
            writer.member("context_length", model.contextTokensMax)
            writer.member("max_model_len", model.contextTokensMax)
        }
        writer.endObject()
    }
}
