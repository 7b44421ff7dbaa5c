// The conversation of a Messages request.

import Wire

extension MessagesPromptReader {
    /// Where a block stands, which decides what it may be.
    private enum Place { case turn, result, document }

    static func readMessage<S: PromptSink & ~Copyable>(
        _ message: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var role = ByteRange.none
        var content: JSONMember?
        var members = JSONCursor(of: message.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "role", in: body) {
                role = member.value
            } else if JSONScan.isName(of: member, "content", in: body) {
                content = member
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("messages.", body.extracting(member.name))
            }
        }
        let isSystem = JSONScan.equals(body, role, "system")
        if JSONScan.equals(body, role, "user") {
            sink.turnBegan(.user)
        } else if JSONScan.equals(body, role, "assistant") {
            sink.turnBegan(.assistant)
        } else if !isSystem {
            throw .unknownRole
        }
        if let content { try readContent(content, isSystem: isSystem, body, &sink) }
        if !isSystem { sink.turnEnded() }
    }

    /// A text, or an array of blocks.
    private static func readContent<S: PromptSink & ~Copyable>(
        _ content: JSONMember, isSystem: Bool, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if content.kind == .string {
            let text = body.extracting(PromptJSON.raw(content, in: body))
            if isSystem { sink.system(text, cache: Span()) } else { sink.text(text, cache: Span()) }
            return
        }
        guard content.kind == .array else { throw .unknownPart }
        var blocks = JSONCursor(of: content.value, in: body)
        while let value = blocks.next(in: body) {
            guard value.kind == .object else { throw .unknownPart }
            let block = MessagesPromptBlock(value.value, in: body)
            if isSystem {
                guard JSONScan.equals(body, block.type, "text") else { throw .unknownPart }
                sink.system(body.extracting(block.text), cache: body.extracting(block.cache))
                block.nameOthers("messages.", body, &sink)
            } else {
                try tell(block, body, &sink)
            }
        }
    }

    private static func tell<S: PromptSink & ~Copyable>(
        _ block: MessagesPromptBlock, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if JSONScan.equals(body, block.type, "tool_use") {
            tellCall(block, body, &sink)
        } else if JSONScan.equals(body, block.type, "tool_result") {
            sink.resultBegan(
                id: body.extracting(block.callID), isError: block.isError, cache: body.extracting(block.cache))
            try tellParts(block.content, in: .result, Span(), body, &sink)
            sink.resultEnded()
        } else if JSONScan.equals(body, block.type, "thinking") {
            sink.reasoning(body.extracting(block.thinking), signature: body.extracting(block.signature))
        } else if JSONScan.equals(body, block.type, "redacted_thinking") {
            sink.redactedReasoning(body.extracting(block.data))
        } else {
            return try tellPart(block, in: .turn, body, &sink)
        }
        block.nameOthers("messages.", body, &sink)
    }

    /// A text, or blocks that may stand in a result or a document as well as in a turn.
    private static func tellParts<S: PromptSink & ~Copyable>(
        _ content: ByteRange, in place: Place, _ cache: Span<UInt8>, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if let text = JSONScan.stringBody(body, content) { return sink.text(body.extracting(text), cache: cache) }
        // `null` is as good as no content.
        let first = content.isEmpty ? UInt8(ascii: "n") : body[Int(content.start)]
        if first == UInt8(ascii: "n") { return }
        guard first == ASCII.openBracket else { throw .unknownPart }
        var blocks = JSONCursor(of: content, in: body)
        while let value = blocks.next(in: body) {
            guard value.kind == .object else { throw .unknownPart }
            try tellPart(MessagesPromptBlock(value.value, in: body), in: place, body, &sink)
        }
    }

    /// A document holds texts and images. A result may hold more, but neither calls, nor their results, nor thoughts: read as the
    /// turn's own they would be somebody else's words, so they are refused.
    private static func tellPart<S: PromptSink & ~Copyable>(
        _ block: MessagesPromptBlock, in place: Place, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if JSONScan.equals(body, block.type, "text") {
            sink.text(body.extracting(block.text), cache: body.extracting(block.cache))
        } else if JSONScan.equals(body, block.type, "image") {
            try tellSource(block, isImage: true, body, &sink)
        } else if place != .document, JSONScan.equals(body, block.type, "document") {
            try tellSource(block, isImage: false, body, &sink)
        } else if place == .document || place == .result && isOfTurn(block, body) {
            throw .unknownPart
        } else if let type = JSONScan.stringBody(body, block.type) {
            // What the provider's own tools left behind, and search results.
            return sink.unknown("messages.", body.extracting(type))
        } else {
            throw .unknownPart
        }
        block.nameOthers("messages.", body, &sink)
    }

    private static func isOfTurn(_ block: MessagesPromptBlock, _ body: Span<UInt8>) -> Bool {
        JSONScan.equals(body, block.type, "tool_use") || JSONScan.equals(body, block.type, "tool_result")
            || JSONScan.equals(body, block.type, "thinking") || JSONScan.equals(body, block.type, "redacted_thinking")
    }

    private static func tellSource<S: PromptSink & ~Copyable>(
        _ block: MessagesPromptBlock, isImage: Bool, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (type, mediaType, data, url) = (ByteRange.none, ByteRange.none, ByteRange.none, ByteRange.none)
        var content = ByteRange.none
        var members = JSONCursor(of: block.source, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                type = member.value
            } else if JSONScan.isName(of: member, "media_type", in: body) {
                mediaType = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "data", in: body) {
                data = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "url", in: body) {
                url = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "content", in: body) {
                content = member.value
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("messages.source.", body.extracting(member.name))
            }
        }
        let cache = body.extracting(block.cache)
        let isInline = JSONScan.equals(body, type, "base64")
        if isInline || JSONScan.equals(body, type, "url") {
            let source = isInline ? ImageSource.base64 : .url
            let place = body.extracting(isInline ? data : url)
            let mediaType = body.extracting(mediaType)
            if isImage {
                sink.image(source, place, mediaType: mediaType, detail: Span(), cache: cache)
            } else {
                let name = body.extracting(block.title)
                sink.document(source, place, mediaType: mediaType, name: name, cache: cache)
            }
            return
        }
        // What is written out becomes words of the turn, which have no title.
        if !block.title.isEmpty { sink.unknown("messages.title", Span()) }
        if !isImage, JSONScan.equals(body, type, "text") {
            sink.text(body.extracting(data), cache: cache)
        } else if !isImage, JSONScan.equals(body, type, "content") {
            // No document stands in a document, so this ends.
            try tellParts(content, in: .document, cache, body, &sink)
        } else {
            throw .fileReference
        }
    }

    private static func tellCall<S: PromptSink & ~Copyable>(
        _ block: MessagesPromptBlock, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var arguments = ByteBuffer()
        JSONWriter.escape(body.extracting(block.input), into: &arguments)
        sink.call(
            id: body.extracting(block.id), name: body.extracting(block.name), arguments: arguments.bytes,
            cache: body.extracting(block.cache))
    }
}
