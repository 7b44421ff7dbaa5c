// The conversation of a chat completions request.

import Wire

extension ChatPromptReader {
    /// The members of a message, found in one walk: whose they are comes last as well as first.
    private struct Message {
        var role = ByteRange.none
        var content: JSONMember?
        var (refusal, calls, oldCall, callID) = (ByteRange.none, ByteRange.none, ByteRange.none, ByteRange.none)
        var (reasoning, blocks, cache) = (ByteRange.none, ByteRange.none, ByteRange.none)
    }

    static func readMessage<S: PromptSink & ~Copyable>(
        _ value: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var message = Message()
        var members = JSONCursor(of: value.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "role", in: body) {
                message.role = member.value
            } else if JSONScan.isName(of: member, "content", in: body) {
                message.content = member
            } else if JSONScan.isName(of: member, "refusal", in: body) {
                message.refusal = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "tool_calls", in: body) {
                message.calls = member.value
            } else if JSONScan.isName(of: member, "function_call", in: body) {
                message.oldCall = member.value
            } else if JSONScan.isName(of: member, "tool_call_id", in: body) {
                message.callID = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "reasoning_content", in: body)
                || JSONScan.isName(of: member, "reasoning", in: body)
            {
                message.reasoning = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "thinking_blocks", in: body) {
                message.blocks = member.value
            } else if JSONScan.isName(of: member, "cache_control", in: body) {
                if member.kind == .object { message.cache = member.value }
            } else if !PromptJSON.isVoid(member) {
                // The name of a result's function says nothing that its id does not.
                if JSONScan.isName(of: member, "name", in: body), isResult(message, body) { continue }
                sink.unknown("messages.", body.extracting(member.name))
            }
        }
        // Only a text and a result have a place for it.
        if !message.cache.isEmpty, message.content?.kind != .string, !isResult(message, body) {
            sink.unknown("cache_control", Span())
        }
        try tell(message, body, &sink)
    }

    private static func isResult(_ message: Message, _ body: Span<UInt8>) -> Bool {
        JSONScan.equals(body, message.role, "tool") || JSONScan.equals(body, message.role, "function")
    }

    private static func tell<S: PromptSink & ~Copyable>(
        _ message: Message, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if JSONScan.equals(body, message.role, "user") {
            sink.turnBegan(.user)
            try readContent(message, body, &sink)
            sink.turnEnded()
        } else if JSONScan.equals(body, message.role, "assistant") {
            sink.turnBegan(.assistant)
            try readAnswer(message, body, &sink)
            sink.turnEnded()
        } else if isResult(message, body) {
            sink.turnBegan(.user)
            sink.resultBegan(
                id: body.extracting(message.callID), isError: false, cache: body.extracting(message.cache))
            try readContent(message, body, &sink)
            sink.resultEnded()
            sink.turnEnded()
        } else if JSONScan.equals(body, message.role, "system") || JSONScan.equals(body, message.role, "developer") {
            try readContent(message, isSystem: true, body, &sink)
        } else {
            throw .unknownRole
        }
    }

    /// A turn of the assistant: what it thought first, what it asked for last.
    private static func readAnswer<S: PromptSink & ~Copyable>(
        _ message: Message, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var isTold = false
        var blocks = JSONCursor(of: message.blocks, in: body)
        while let block = blocks.next(in: body) {
            var (thinking, signature, data) = (ByteRange.none, ByteRange.none, ByteRange.none)
            var members = JSONCursor(of: block.value, in: body)
            while let member = members.next(in: body) {
                if JSONScan.isName(of: member, "thinking", in: body) {
                    thinking = PromptJSON.raw(member, in: body)
                } else if JSONScan.isName(of: member, "signature", in: body) {
                    signature = PromptJSON.raw(member, in: body)
                } else if JSONScan.isName(of: member, "data", in: body) {
                    data = PromptJSON.raw(member, in: body)
                } else if !JSONScan.isName(of: member, "type", in: body),
                    !JSONScan.isName(of: member, "index", in: body), !PromptJSON.isVoid(member)
                {
                    // Its place in a stream says nothing here either.
                    sink.unknown("messages.thinking_blocks.", body.extracting(member.name))
                }
            }
            isTold = true
            if data.isEmpty {
                sink.reasoning(body.extracting(thinking), signature: body.extracting(signature))
            } else {
                sink.redactedReasoning(body.extracting(data))
            }
        }
        if !isTold, !message.reasoning.isEmpty { sink.reasoning(body.extracting(message.reasoning), signature: Span()) }
        try readContent(message, body, &sink)
        if !message.refusal.isEmpty { sink.refusal(body.extracting(message.refusal)) }
        var calls = JSONCursor(of: message.calls, in: body)
        while let call = calls.next(in: body) { try readCall(call, body, &sink) }
        if !message.oldCall.isEmpty, message.oldCall.count > 4 {
            tellCall(.none, message.oldCall, body, &sink)
        }
    }

    private static func readCall<S: PromptSink & ~Copyable>(
        _ call: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (id, function, custom) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: call.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "id", in: body) {
                id = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "function", in: body), member.kind == .object {
                function = member.value
            } else if JSONScan.isName(of: member, "custom", in: body), member.kind == .object {
                custom = member.value
            } else if !JSONScan.isName(of: member, "type", in: body), !JSONScan.isName(of: member, "index", in: body),
                !PromptJSON.isVoid(member)
            {
                // Its place in a stream, which clients put together, says nothing.
                sink.unknown("messages.tool_calls.", body.extracting(member.name))
            }
        }
        if !function.isEmpty {
            tellCall(id, function, body, &sink)
        } else if !custom.isEmpty {
            tellFreeformCall(id, custom, body, &sink)
        } else {
            throw .unknownPart
        }
    }

    private static func tellCall<S: PromptSink & ~Copyable>(
        _ id: ByteRange, _ function: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let (name, arguments) = readCalled(function, "arguments", body, &sink)
        sink.call(
            id: body.extracting(id), name: body.extracting(name), arguments: body.extracting(arguments), cache: Span())
    }

    /// A call of a tool that takes text: as one of a tool with the one argument `input`.
    private static func tellFreeformCall<S: PromptSink & ~Copyable>(
        _ id: ByteRange, _ custom: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let (name, input) = readCalled(custom, "input", body, &sink)
        var arguments = ByteBuffer()
        FreeformTool.writeArguments(body.extracting(input), into: &arguments)
        sink.call(id: body.extracting(id), name: body.extracting(name), arguments: arguments.bytes, cache: Span())
    }

    /// What is called, and with what.
    private static func readCalled<S: PromptSink & ~Copyable>(
        _ function: ByteRange, _ inputName: StaticString, _ body: Span<UInt8>, _ sink: inout S
    ) -> (name: ByteRange, input: ByteRange) {
        var (name, input) = (ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: function, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "name", in: body) {
                name = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, inputName, in: body),
                member.kind == .string || PromptJSON.isVoid(member)
            {
                input = PromptJSON.raw(member, in: body)
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("messages.tool_calls.", body.extracting(member.name))
            }
        }
        return (name, input)
    }

    /// A text, or an array of parts.
    private static func readContent<S: PromptSink & ~Copyable>(
        _ message: Message, isSystem: Bool = false, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        guard let content = message.content else { return }
        switch content.kind {
        case .string:
            let text = body.extracting(PromptJSON.raw(content, in: body))
            let cache = body.extracting(message.cache)
            if isSystem { sink.system(text, cache: cache) } else { sink.text(text, cache: cache) }
        case .array:
            var parts = JSONCursor(of: content.value, in: body)
            while let part = parts.next(in: body) {
                guard part.kind == .object else { throw .unknownPart }
                try readPart(part.value, isSystem: isSystem, body, &sink)
            }
        case .null: break
        case .object, .number, .bool: throw .unknownPart
        }
    }

    private static func readPart<S: PromptSink & ~Copyable>(
        _ part: ByteRange, isSystem: Bool, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (type, text, refusal) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var (image, file, cache) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: part, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                type = member.value
            } else if JSONScan.isName(of: member, "text", in: body) {
                text = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "refusal", in: body) {
                refusal = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "image_url", in: body) {
                image = member.value
            } else if JSONScan.isName(of: member, "file", in: body) {
                file = member.value
            } else if JSONScan.isName(of: member, "cache_control", in: body), member.kind == .object {
                cache = member.value
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("messages.", body.extracting(member.name))
            }
        }
        if JSONScan.equals(body, type, "text") {
            let cache = body.extracting(cache)
            let text = body.extracting(text)
            if isSystem { sink.system(text, cache: cache) } else { sink.text(text, cache: cache) }
        } else if isSystem {
            throw .unknownPart
        } else if JSONScan.equals(body, type, "image_url") {
            try tellImage(image, cache, body, &sink)
        } else if JSONScan.equals(body, type, "file") {
            try tellFile(file, cache, body, &sink)
        } else if JSONScan.equals(body, type, "refusal") {
            sink.refusal(body.extracting(refusal))
        } else {
            throw .unknownPart
        }
    }

    /// `{"url":…,"detail":…}`; some send the address alone.
    private static func tellImage<S: PromptSink & ~Copyable>(
        _ image: ByteRange, _ cache: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (url, detail) = (JSONScan.stringBody(body, image) ?? .none, ByteRange.none)
        if url.isEmpty {
            var members = JSONCursor(of: image, in: body)
            while let member = members.next(in: body) {
                if JSONScan.isName(of: member, "url", in: body) {
                    url = PromptJSON.raw(member, in: body)
                } else if JSONScan.isName(of: member, "detail", in: body) {
                    detail = PromptJSON.raw(member, in: body)
                } else if !PromptJSON.isVoid(member) {
                    sink.unknown("messages.image_url.", body.extracting(member.name))
                }
            }
        }
        if url.isEmpty { throw .unknownPart }
        sink.image(at: url, detail: detail, cache: cache, in: body)
    }

    private static func tellFile<S: PromptSink & ~Copyable>(
        _ file: ByteRange, _ cache: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (data, name) = (ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: file, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "file_data", in: body) {
                data = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "filename", in: body) {
                name = PromptJSON.raw(member, in: body)
            } else if !JSONScan.isName(of: member, "file_id", in: body), !PromptJSON.isVoid(member) {
                sink.unknown("messages.file.", body.extracting(member.name))
            }
        }
        // The file itself says as much as where it was put.
        if data.isEmpty { throw .fileReference }
        guard let (mediaType, data) = PromptJSON.data(data, in: body) else { throw .unknownPart }
        sink.document(
            .base64, body.extracting(data), mediaType: body.extracting(mediaType), name: body.extracting(name),
            cache: body.extracting(cache))
    }
}
