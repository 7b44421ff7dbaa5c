// The same answers in the shape that clients of the Messages wire read.

internal import Wire

extension ModelList {
    /// One page with all of them.
    static func anthropic(of snapshot: Snapshot) -> [UInt8] {
        let names = names(of: snapshot)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for name in names { writeAnthropic(name.id, into: &writer) }
        writer.endArray()
        writer.member("has_more", false)
        for (key, name) in [("first_id" as StaticString, names.first), ("last_id", names.last)] {
            writer.key(key)
            if let name { writer.string(name.id) } else { writer.null() }
        }
        writer.endObject()
        return writer.takeBytes()
    }

    static func anthropic(_ name: Name) -> [UInt8] {
        var writer = JSONWriter()
        writeAnthropic(name.id, into: &writer)
        return writer.takeBytes()
    }

    private static func writeAnthropic(_ id: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", "model")
        writer.member("id", id)
        writer.member("display_name", id)
        // When a model came to be is not known here; the field must be there for client libraries.
        writer.member("created_at", "1970-01-01T00:00:00Z")
        writer.endObject()
    }
}
