// How a request body is read.

package import Wire

extension ChatRequest {
    /// Validates the body and finds what the gateway must know, in one pass and without allocation.
    /// - Parameter body: the whole body.
    /// - Throws: the first fault from the front. Nothing of the request is kept then.
    /// - Cost: about that of validating the text.
    package init(scanning body: Span<UInt8>, operation: Operation) throws(RequestFault) {
        self.init(operation: operation)
        var reader = RequestReader()
        let kind = reader.kind(in: body)
        guard kind == .object else {
            // Wrong JSON is told from JSON that is no object.
            try reader.skip(in: body)
            try reader.finish(in: body)
            throw .notAnObject
        }
        try reader.enter(in: body)
        objectStart = reader.offset
        var memberCount = 0
        while let member = try reader.nextMember(in: body) {
            memberCount &+= 1
            if memberCount > Limits.memberCountMax { throw .tooManyMembers(max: Limits.memberCountMax) }
            if let field = try RequestField(member, in: body) {
                try note(field)
                try take(field, &reader, body)
            } else {
                try reader.skip(in: body)
            }
        }
        try reader.finish(in: body)
        guard has(operation.subject) else { throw .missing(operation.subject) }
    }

    /// Appends the model's name, escapes resolved; nothing when the choice is ours.
    package func writeModel(from body: Span<UInt8>, into out: inout ByteBuffer) {
        if modelHasEscapes {
            _ = JSONScan.unescape(body, modelLiteral, into: &out)
        } else {
            out.append(body.extracting(model))
        }
    }

    private mutating func take(
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) {
        switch field {
        case .model:
            _ = reader.kind(in: body)
            let start = reader.offset
            model = try reader.text(.model, in: body, bytesMax: Limits.modelBytesMax) ?? .none
            modelLiteral = ByteRange(start, reader.offset)
            modelHasEscapes = ByteScan.first(ASCII.backslash, in: body.extracting(model), from: 0) < model.count
        case .stream:
            isStream = try reader.flag(.stream, in: body) ?? false
        case .messages where operation.subject == .messages:
            try takeMessages(&reader, body)
        case .prompt where operation == .completions:
            try takeTexts(field, &reader, body)
        case .input where operation == .embeddings:
            try takeTexts(field, &reader, body)
        case .input where operation == .responses:
            (subject, subjectCount) = (try reader.skip(in: body), 1)
        case .messages, .prompt, .input:
            try reader.skip(in: body)
        case .n, .bestOf:
            let count = try reader.number(field, in: body, min: 1, max: Limits.choiceCountMax)
            choiceCount = max(choiceCount, count ?? 1)
        case .maxTokens, .maxCompletionTokens:
            if let most = try reader.number(field, in: body, min: 0, max: Limits.outputTokensMax) {
                outputTokensMax = min(most, outputTokensMax ?? most)
            }
        case .stop:
            try takeStop(&reader, body)
        case .tools, .functions:
            toolCount += try reader.count(field, in: body, max: Limits.toolCountMax)
            if toolCount > Limits.toolCountMax { throw .tooMany(field, max: Limits.toolCountMax) }
        case .streamOptions:
            try takeStreamOptions(&reader, body)
        case .includeUsage:
            preconditionFailure("include_usage at the top of a request")
        case .user, .promptCacheKey:
            _ = try reader.text(field, in: body, bytesMax: Limits.userBytesMax)
        }
    }

    private mutating func takeMessages(
        _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) {
        guard reader.kind(in: body) == .array else {
            // A request with `"messages": null` has none, as one without the member.
            let isNull = reader.kind(in: body) == .null
            try reader.skip(in: body)
            throw isNull ? .missing(.messages) : .wrongKind(.messages, expected: .array)
        }
        let start = reader.offset
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            subjectCount &+= 1
            if subjectCount > Limits.messageCountMax { throw .tooMany(.messages, max: Limits.messageCountMax) }
            guard reader.kind(in: body) == .object else {
                try reader.skip(in: body)
                throw .wrongKind(.messages, expected: .objects)
            }
            try reader.enter(in: body)
            while let member = try reader.nextMember(in: body) {
                if JSONScan.isName(of: member, "content", in: body) {
                    estimatedInputTokens &+= try ChatRequest.contentBytes(&reader, body) / 4
                } else {
                    try reader.skip(in: body)
                }
            }
        }
        if subjectCount == 0 { throw .empty(.messages) }
        subject = ByteRange(start, reader.offset)
    }

    /// Bytes of text, as written, in a message's content: a string, or an array of parts of which some have `text`.
    private static func contentBytes(
        _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) -> Int {
        let kind = reader.kind(in: body)
        guard kind == .array else {
            let value = try reader.skip(in: body)
            return kind == .string ? value.count - 2 : 0
        }
        var count = 0
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            guard reader.kind(in: body) == .object else {
                try reader.skip(in: body)
                continue
            }
            try reader.enter(in: body)
            while let member = try reader.nextMember(in: body) {
                let value = try reader.skip(in: body)
                if member.kind == .string, JSONScan.isName(of: member, "text", in: body) { count &+= value.count - 2 }
            }
        }
        return count
    }

    /// A text, texts, a text as token numbers, or several of those.
    private mutating func takeTexts(
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        let start = reader.offset
        switch kind {
        case .string:
            estimatedInputTokens = (try reader.skip(in: body).count - 2) / 4
            subjectCount = 1
        case .array:
            var numberCount = 0
            try reader.enter(in: body)
            while try reader.nextElement(in: body) {
                switch reader.kind(in: body) {
                case .string:
                    estimatedInputTokens &+= (try reader.skip(in: body).count - 2) / 4
                    subjectCount &+= 1
                case .array:
                    // Token numbers; their count is bounded by the body's size.
                    try reader.enter(in: body)
                    while try reader.nextElement(in: body) {
                        try reader.skip(in: body)
                        estimatedInputTokens &+= 1
                    }
                    subjectCount &+= 1
                case .number:
                    try reader.skip(in: body)
                    numberCount &+= 1
                case .object, .bool, .null:
                    try reader.skip(in: body)
                    throw .wrongKind(field, expected: .stringOrArray)
                }
                if subjectCount > Limits.inputCountMax { throw .tooMany(field, max: Limits.inputCountMax) }
            }
            if numberCount > 0 {
                estimatedInputTokens &+= numberCount
                subjectCount &+= 1
            }
            if subjectCount == 0 { throw .empty(field) }
        case .null:
            try reader.skip(in: body)
            throw .missing(field)
        case .object, .number, .bool:
            try reader.skip(in: body)
            throw .wrongKind(field, expected: .stringOrArray)
        }
        subject = ByteRange(start, reader.offset)
    }

    private func takeStop(_ reader: inout RequestReader, _ body: Span<UInt8>) throws(RequestFault) {
        let kind = reader.kind(in: body)
        guard kind == .array else {
            let value = try reader.skip(in: body)
            if kind == .null { return }
            guard kind == .string else { throw .wrongKind(.stop, expected: .stringOrStrings) }
            if value.count - 2 > Limits.stopBytesMax { throw .tooLong(.stop, bytesMax: Limits.stopBytesMax) }
            return
        }
        var count = 0
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            count &+= 1
            if count > Limits.stopCountMax { throw .tooMany(.stop, max: Limits.stopCountMax) }
            let kind = reader.kind(in: body)
            let value = try reader.skip(in: body)
            guard kind == .string else { throw .wrongKind(.stop, expected: .stringOrStrings) }
            if value.count - 2 > Limits.stopBytesMax { throw .tooLong(.stop, bytesMax: Limits.stopBytesMax) }
        }
    }

    private mutating func takeStreamOptions(
        _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        let start = reader.offset
        guard kind == .object else {
            streamOptions = try reader.skip(in: body)
            if kind == .null { return }
            throw .wrongKind(.streamOptions, expected: .object)
        }
        (streamOptionsIsObject, streamOptionsIsEmpty) = (true, true)
        try reader.enter(in: body)
        while let member = try reader.nextMember(in: body) {
            streamOptionsIsEmpty = false
            guard try RequestField(member, in: body, ofStreamOptions: true) != nil else {
                try reader.skip(in: body)
                continue
            }
            try note(.includeUsage)
            _ = reader.kind(in: body)
            let valueStart = reader.offset
            includesUsage = try reader.flag(.includeUsage, in: body) ?? false
            includeUsage = ByteRange(valueStart, reader.offset)
        }
        streamOptions = ByteRange(start, reader.offset)
    }
}
