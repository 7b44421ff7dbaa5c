// The upstream body as pieces of the client's body.

package import Wire

/// What goes upstream in place of the client's body: the same bytes, but for the model's name and, when the gateway needs
/// usage the client did not ask for, `stream_options`.
///
/// The pieces can be sent from where they stand, without a copy of the body in between.
package struct RequestPlan {
    /// A run of the upstream body.
    package enum Piece: Equatable {
        /// Bytes of the client's body.
        case body(ByteRange)
        /// The model literal.
        case model
        case text(Text)
    }

    /// What may be written that neither client nor configuration said.
    package enum Text: Equatable {
        case modelKey, comma, usageMember, usageOption, usageOptionAlone, usageObject, yes

        package var bytes: StaticString {
            switch self {
            case .modelKey: "\"model\":"
            case .comma: ","
            case .usageMember: "\"stream_options\":{\"include_usage\":true},"
            case .usageOption: "\"include_usage\":true,"
            case .usageOptionAlone: "\"include_usage\":true"
            case .usageObject: "{\"include_usage\":true}"
            case .yes: "true"
            }
        }
    }

    /// Bytes of the upstream body.
    package private(set) var contentLength = 0
    /// The extra usage event was asked for by us: the stream's tap must take it out again.
    package let stripsUsage: Bool

    package private(set) var pieceCount = 0
    private var pieces: InlineArray<8, Piece>

    /// - Parameter bodyBytes: length of the body that `request` was scanned from.
    /// - Parameter modelLiteralBytes: length of the upstream model's name as a JSON string, quotes included.
    /// - Parameter wantsUsage: the provider takes `stream_options`, so ask for usage where the client did not.
    package init(_ request: ChatRequest, bodyBytes: Int, modelLiteralBytes: Int, wantsUsage: Bool) {
        let hasUsageOption = request.operation == .chat || request.operation == .completions
        stripsUsage = wantsUsage && request.isStream && !request.includesUsage && hasUsageOption
        pieces = InlineArray(repeating: .text(.comma))
        var done = 0
        // Members that are missing are put in front of all others; the request is never an empty object.
        if !request.has(.model) {
            copy(to: request.objectStart, from: &done)
            add(.text(.modelKey), Text.modelKey.bytes.utf8CodeUnitCount)
            add(.model, modelLiteralBytes)
            add(.text(.comma), 1)
        }
        if stripsUsage, !request.has(.streamOptions) {
            copy(to: request.objectStart, from: &done)
            add(.usageMember)
        }
        let model = request.modelLiteral
        let replacesModel = request.has(.model)
        let optionsFirst = request.has(.streamOptions) && request.streamOptions.start < model.start
        if replacesModel, !optionsFirst { replaceModel(model, modelLiteralBytes, &done) }
        if stripsUsage, request.has(.streamOptions) { askForUsage(request, &done) }
        if replacesModel, optionsFirst { replaceModel(model, modelLiteralBytes, &done) }
        copy(to: bodyBytes, from: &done)
    }

    /// Piece 0..<`pieceCount`.
    package subscript(_ index: Int) -> Piece {
        precondition(index >= 0 && index < pieceCount)
        return pieces[index]
    }

    /// Appends the upstream body.
    package func write(body: Span<UInt8>, modelLiteral: Span<UInt8>, into out: inout ByteBuffer) {
        out.reserve(contentLength)
        var index = 0
        while index < pieceCount {
            switch pieces[index] {
            case .body(let range): out.append(body.extracting(range))
            case .model: out.append(modelLiteral)
            case .text(let text): out.append(text.bytes)
            }
            index &+= 1
        }
    }

    private mutating func replaceModel(_ model: ByteRange, _ literalBytes: Int, _ done: inout Int) {
        copy(to: Int(model.start), from: &done)
        add(.model, literalBytes)
        done = Int(model.end)
    }

    private mutating func askForUsage(_ request: ChatRequest, _ done: inout Int) {
        let options = request.streamOptions
        if !request.streamOptionsIsObject {
            // `null`
            copy(to: Int(options.start), from: &done)
            add(.usageObject)
            done = Int(options.end)
        } else if !request.includeUsage.isEmpty {
            // `false` or `null`
            copy(to: Int(request.includeUsage.start), from: &done)
            add(.yes)
            done = Int(request.includeUsage.end)
        } else {
            copy(to: Int(options.start) + 1, from: &done)
            add(request.streamOptionsIsEmpty ? .usageOptionAlone : .usageOption)
        }
    }

    private mutating func copy(to end: Int, from done: inout Int) {
        if end > done { add(.body(ByteRange(done, end)), end - done) }
        done = end
    }

    private mutating func add(_ text: Text) { add(.text(text), text.bytes.utf8CodeUnitCount) }

    private mutating func add(_ piece: Piece, _ length: Int) {
        pieces[pieceCount] = piece
        pieceCount += 1
        contentLength += length
    }
}
