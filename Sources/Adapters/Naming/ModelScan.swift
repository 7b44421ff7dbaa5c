// Which model a body names that is passed on as it is.

internal import Wire

/// Reads such a body as it comes and to its end: JSON, or a form in parts. What a provider could take for another name makes it
/// unclear, wherever it stands; so does all that readers are known to understand in different ways.
package struct ModelScan: Sendable {
    private var object = ModelInObject()
    /// Nil where the body is none.
    private var form: ModelInForm?
    private var isOdd = false

    /// - Parameter contentType: as the client wrote it.
    package init(contentType: Span<UInt8>) {
        switch BodyType(contentType) {
        case .object: break
        case .form(let boundary): form = ModelInForm(boundary: contentType.extracting(boundary))
        case .odd: isOdd = true
        }
    }

    /// Whether the body is a form in parts; else it is taken for JSON.
    package var isForm: Bool { form != nil }

    package var model: NamedModel { isOdd ? .unclear : form?.model ?? object.model }

    /// - Parameter bytes: those behind what was fed before.
    package mutating func feed(_ bytes: Span<UInt8>, isLast: Bool) {
        if isForm { form?.feed(bytes, isLast: isLast) } else { object.feed(bytes, isLast: isLast) }
    }
}
