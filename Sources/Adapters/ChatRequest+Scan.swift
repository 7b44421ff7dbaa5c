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
        var facts = PromptFacts()
        while let member = try reader.nextMember(in: body) {
            memberCount &+= 1
            if memberCount > Limits.memberCountMax { throw .tooManyMembers(max: Limits.memberCountMax) }
            if let field = try RequestField(member, in: body) {
                try note(field)
                try take(field, &reader, body, &facts)
            } else {
                try reader.skip(in: body)
            }
        }
        try reader.finish(in: body)
        // What is compacted may be what an earlier response stands for; but then something says so.
        let isCompaction = operation == .compact && memberCount > 0
        guard has(operation.subject) || isCompaction else { throw .missing(operation.subject) }
        facts.toolCount = toolCount
        hasUnsigned = facts.hasUnsigned && Unsigned.matters(to: operation)
        estimatedInputTokens = facts.tokens(for: operation)
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
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        switch field {
        case .model:
            _ = reader.kind(in: body)
            let start = reader.offset
            model = try reader.text(.model, in: body, bytesMax: Limits.modelBytesMax) ?? .none
            modelLiteral = ByteRange(start, reader.offset)
            modelHasEscapes = ByteScan.first(ASCII.backslash, in: body.extracting(model), from: 0) < model.count
        case .stream:
            // A compaction comes whole, whatever is asked.
            isStream = try reader.flag(.stream, in: body) ?? false && operation != .compact
        case .messages where operation.subject == .messages:
            try takeMessages(field, &reader, body, &facts)
        case .prompt where operation == .completions:
            try takeTexts(field, &reader, body, &facts)
        case .input where operation == .embeddings:
            try takeTexts(field, &reader, body, &facts)
        case .input where operation.isOfResponses:
            try takeItems(&reader, body, &facts)
        case .system where operation.subject == .messages, .instructions where operation.isOfResponses:
            try ChatRequest.takeContent(&reader, body, &facts)
        case .messages, .prompt, .input, .system, .instructions:
            try reader.skip(in: body)
        case .n, .bestOf:
            let count = try reader.number(field, in: body, min: 1, max: Limits.choiceCountMax)
            choiceCount = max(choiceCount, count ?? 1)
        case .maxTokens, .maxCompletionTokens, .maxOutputTokens:
            if let most = try reader.number(field, in: body, min: 0, max: Limits.outputTokensMax) {
                outputTokensMax = min(most, outputTokensMax ?? most)
            }
        case .stop, .stopSequences:
            try takeStop(field, &reader, body)
        case .tools, .functions:
            let start = reader.offset
            toolCount += try reader.count(field, in: body, max: Limits.toolCountMax)
            facts.text.add(body.extracting(start..<reader.offset))
            if toolCount > Limits.toolCountMax { throw .tooMany(field, max: Limits.toolCountMax) }
        case .streamOptions:
            try takeStreamOptions(&reader, body)
        case .includeUsage:
            preconditionFailure("include_usage at the top of a request")
        case .user, .promptCacheKey:
            _ = try reader.text(field, in: body, bytesMax: Limits.userBytesMax)
        }
    }

    /// The items of a Responses request, or a text in place of the only one.
    private mutating func takeItems(
        _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        if kind == .array { return try takeMessages(.input, &reader, body, &facts) }
        subject = try reader.skip(in: body)
        guard let text = JSONScan.stringBody(body, subject) else {
            if kind == .null, operation == .compact { return }
            throw kind == .null ? .missing(.input) : .wrongKind(.input, expected: .stringOrArray)
        }
        subjectCount = 1
        facts.messageCount = 1
        facts.text.add(body.extracting(text))
    }

    private mutating func takeMessages(
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        guard reader.kind(in: body) == .array else {
            // A request with `"messages": null` has none, as one without the member.
            let isNull = reader.kind(in: body) == .null
            try reader.skip(in: body)
            throw isNull ? .missing(field) : .wrongKind(field, expected: .array)
        }
        let start = reader.offset
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            subjectCount &+= 1
            if subjectCount > Limits.messageCountMax { throw .tooMany(field, max: Limits.messageCountMax) }
            guard reader.kind(in: body) == .object else {
                try reader.skip(in: body)
                throw .wrongKind(field, expected: .objects)
            }
            try reader.enter(in: body)
            while let member = try reader.nextMember(in: body) {
                try ChatRequest.takePart(member, &reader, body, &facts)
            }
        }
        if subjectCount == 0, field == .messages { throw .empty(field) }
        facts.messageCount = subjectCount
        subject = ByteRange(start, reader.offset)
    }

    /// A text, or an array of parts.
    private static func takeContent(
        _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        guard kind == .array else {
            let value = try reader.skip(in: body)
            if let text = JSONScan.stringBody(body, value) { facts.text.add(body.extracting(text)) }
            return
        }
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            guard reader.kind(in: body) == .object else {
                try reader.skip(in: body)
                continue
            }
            try reader.enter(in: body)
            while let member = try reader.nextMember(in: body) { try takePart(member, &reader, body, &facts) }
        }
    }

    /// A member of a message or of a part of one: what a model reads of it is told by its name on all wires.
    private static func takePart(
        _ member: JSONMember, _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        switch member.name.count {
        case 7 where JSONScan.isName(of: member, "content", in: body),
            6 where JSONScan.isName(of: member, "output", in: body):
            // Parts in parts are results with texts; each level is one of the request's, which are bounded.
            try takeContent(&reader, body, &facts)
        case 4 where JSONScan.isName(of: member, "text", in: body),
            9 where JSONScan.isName(of: member, "arguments", in: body),
            8 where JSONScan.isName(of: member, "thinking", in: body):
            let value = try reader.skip(in: body)
            if let text = JSONScan.stringBody(body, value) { facts.text.add(body.extracting(text)) }
        case 9 where JSONScan.isName(of: member, "signature", in: body),
            17 where JSONScan.isName(of: member, "encrypted_content", in: body):
            if Unsigned.isOurs(try reader.skip(in: body), in: body) { facts.hasUnsigned = true }
        case 5 where JSONScan.isName(of: member, "input", in: body),
            10 where JSONScan.isName(of: member, "tool_calls", in: body),
            13 where JSONScan.isName(of: member, "function_call", in: body):
            facts.text.add(body.extracting(try reader.skip(in: body)))
        case 9 where JSONScan.isName(of: member, "image_url", in: body),
            6 where JSONScan.isName(of: member, "source", in: body),
            4 where JSONScan.isName(of: member, "file", in: body),
            9 where JSONScan.isName(of: member, "file_data", in: body):
            try reader.skip(in: body)
            facts.imageCount &+= 1
        default:
            try reader.skip(in: body)
        }
    }

    /// A text, texts, a text as token numbers, or several of those.
    private mutating func takeTexts(
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>, _ facts: inout PromptFacts
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        let start = reader.offset
        switch kind {
        case .string:
            try ChatRequest.takeContent(&reader, body, &facts)
            subjectCount = 1
        case .array:
            var numberCount = 0
            try reader.enter(in: body)
            while try reader.nextElement(in: body) {
                switch reader.kind(in: body) {
                case .string:
                    try ChatRequest.takeContent(&reader, body, &facts)
                    subjectCount &+= 1
                case .array:
                    // Token numbers; their count is bounded by the body's size.
                    try reader.enter(in: body)
                    while try reader.nextElement(in: body) {
                        try reader.skip(in: body)
                        facts.numberCount &+= 1
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
                facts.numberCount &+= numberCount
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

    private func takeStop(
        _ field: RequestField, _ reader: inout RequestReader, _ body: Span<UInt8>
    ) throws(RequestFault) {
        let kind = reader.kind(in: body)
        guard kind == .array else {
            let value = try reader.skip(in: body)
            if kind == .null { return }
            guard kind == .string else { throw .wrongKind(field, expected: .stringOrStrings) }
            if value.count - 2 > Limits.stopBytesMax { throw .tooLong(field, bytesMax: Limits.stopBytesMax) }
            return
        }
        var count = 0
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            count &+= 1
            if count > Limits.stopCountMax { throw .tooMany(field, max: Limits.stopCountMax) }
            let kind = reader.kind(in: body)
            let value = try reader.skip(in: body)
            guard kind == .string else { throw .wrongKind(field, expected: .stringOrStrings) }
            if value.count - 2 > Limits.stopBytesMax { throw .tooLong(field, bytesMax: Limits.stopBytesMax) }
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
