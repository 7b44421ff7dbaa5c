// Why a text does not fit a schema, or why a schema is none.

package struct JSONSchemaFault: Error, Equatable {
    /// The names and positions that lead to the value at fault, each behind a slash; empty: the whole.
    private var path = ""
    private let text: String

    init(_ text: String) { self.text = text }

    /// A sentence for whoever wrote the schema.
    package var message: String { path.isEmpty ? text : "at \(path): \(text)" }

    /// The same fault, seen from the container.
    func inside(_ step: String) -> JSONSchemaFault {
        var fault = self
        fault.path = "/\(step)\(path)"
        return fault
    }

    func inside(_ name: [UInt8]) -> JSONSchemaFault { inside(JSONSchemaFault.quotable(name)) }

    /// As much of a name or value as a sentence takes.
    static func quotable(_ text: [UInt8]) -> String {
        String(decoding: text.cut(toBytes: Limits.schemaQuoteBytesMax), as: UTF8.self)
    }
}
