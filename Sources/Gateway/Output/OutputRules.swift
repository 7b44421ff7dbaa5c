// What a caller wants of the text of an answer: a form, and a schema that it fits.

internal import Wire

/// - Source: spec sections 12 and 13.
struct OutputRules {
    private let form: OutputForm
    private let schema: JSONSchema?

    /// - Parameter schema: any bytes; empty: none is to be fitted.
    init(_ form: OutputForm?, schema: [UInt8]) throws(JSONSchemaFault) {
        self.form = form ?? OutputForm()
        self.schema = schema.isEmpty ? nil : try JSONSchema(scanning: schema.span)
    }

    /// Appends an answer of the OpenAI wire with its first choice's text in form; every other byte stays.
    ///
    /// An answer without a text, such as one that only calls tools, is left alone.
    /// - Parameter answer: any bytes. Cost: a few passes, and the schema's.
    func write(_ answer: Span<UInt8>, into out: inout ByteBuffer) throws(JSONSchemaFault) {
        var reader = JSONReader()
        guard reader.nextKind(in: answer) == .object,
            let content = JSONScan.find(
                "choices.0.message.content", in: answer, from: ByteRange(reader.offset, answer.count)),
            let text = JSONScan.bytes(answer, content.value)
        else { return out.append(answer) }
        let shaped = form.shaped(text)
        if let schema {
            let candidate = OutputForm.fenced(shaped.span, isLeading: true)
            if !candidate.isEmpty { try schema.check(candidate.span) }
        }
        if shaped == text { return out.append(answer) }
        out.append(answer.extracting(0..<Int(content.value.start)))
        JSONWriter.quote(shaped.span, into: &out)
        out.append(answer.extracting(Int(content.value.end)..<answer.count))
    }
}
