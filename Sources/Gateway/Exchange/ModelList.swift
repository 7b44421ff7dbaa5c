// The answers to `GET /v1/models` and `GET /v1/models/{id}`.

internal import Wire

enum ModelList {
    /// What a client may name: a model, or an alias of some.
    struct Name {
        let id: String
        /// `nil` for an alias.
        let model: ModelEntry?
    }

    /// Enabled models of enabled providers, and aliases of such, sorted by id.
    static func names(of snapshot: Snapshot) -> [Name] {
        func isUsable(_ model: ModelEntry) -> Bool { model.isEnabled && snapshot.providers[model.provider].isEnabled }
        var names = snapshot.models.filter(isUsable).map { Name(id: $0.id, model: $0) }
        for alias in snapshot.aliases where alias.nameBytes != [UInt8(ascii: "*")] {
            let variants = alias.variants.compactMap(\.model).map { snapshot.models[$0] }
            let name = alias.nameBytes
            if variants.contains(where: isUsable), snapshot.model(name.span) == nil {
                names.append(Name(id: String(decoding: name, as: UTF8.self), model: nil))
            }
        }
        return names.sorted { $0.id < $1.id }
    }

    /// The model or alias of this name, if it is listed.
    static func name(_ id: Span<UInt8>, of snapshot: Snapshot) -> Name? {
        let text = String(copying: id)
        return names(of: snapshot).first { $0.id == text }
    }

    static func all(of snapshot: Snapshot) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("object", "list")
        writer.key("data")
        writer.beginArray()
        for name in names(of: snapshot) { write(name, snapshot, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.takeBytes()
    }

    static func one(_ name: Name, of snapshot: Snapshot) -> [UInt8] {
        var writer = JSONWriter()
        write(name, snapshot, into: &writer)
        return writer.takeBytes()
    }

    private static func write(_ name: Name, _ snapshot: Snapshot, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", name.id)
        writer.member("object", "model")
        // When a model came to be is not known here; the field must be there for client libraries.
        writer.member("created", 0)
        writer.member("owned_by", name.model.map { snapshot.providers[$0.provider].id } ?? "tokenhub")
        if let context = name.model?.contextTokensMax, context > 0 {
            writer.member("context_length", context)
            writer.member("max_model_len", context)
        }
        writer.endObject()
    }
}
