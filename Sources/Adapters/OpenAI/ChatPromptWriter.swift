// A chat completions request, put together.

import Wire

/// Writes the wire of OpenAI's chat completions, as its relatives take it too: texts as strings where one will do,
/// results right behind their calls and before anything else the user says.
struct ChatPromptWriter: PromptWriter, ~Copyable {
    var out = ByteBuffer()
    var dropped = Dropped()
    private(set) var freeformTools: [UInt8] = []
    var includesUsage: Bool { settings.is(.includeUsage, "true") }

    let client: Operation
    let quirks: Quirks
    var settings = PromptSettings()
    /// Elements of arrays, with a comma in front of all but the first.
    var stops = ByteBuffer()
    var tools = ByteBuffer()
    var stopCount = 0
    /// The value of `response_format`.
    var format = ByteBuffer()
    var effort: Effort?
    var choice: ToolChoice?
    var choiceName = ByteBuffer()

    private var role: PromptRole?
    /// Whose turn it is by the client; it is opened when something is said in it, so that an empty one parts nothing.
    private var told = PromptRole.user
    private var hasMessage = false
    private var isInSystem = false
    /// Instructions that wait for results, as the inside of a string.
    private var late = ByteBuffer()
    /// What the assistant says in the open turn, as the inside of a string.
    private var content = ByteBuffer()
    private var refusal = ByteBuffer()
    /// What it thought before; told before its turn is open.
    private var thoughts = ByteBuffer()
    private var (hasContent, hasRefusal) = (false, false)
    /// The assistant has called a tool by now.
    private var hasCalled = false
    /// Parts of the user's turn, or calls of the assistant's, with a comma in front of all but the first.
    private var parts = ByteBuffer()
    private var partCount = 0
    /// The inside of the first part, if that is a text.
    private var firstText = ByteRange.none
    private var firstIsText = false
    private var isInResult = false
    private var resultHasText = false
    private var calls: PendingCalls
    private var fault: TranslationFault?

    init(_ quirks: Quirks, client: Operation) {
        self.quirks = quirks
        self.client = client
        calls = PendingCalls(.chat(quirks.ids))
    }

    mutating func began(model: Span<UInt8>) {
        out.append("{\"model\":")
        out.append(model)
        out.append(",\"messages\":[")
    }

    // MARK: Turns

    /// Neighbouring instructions become one message, for some servers take no second one. Those that stand between calls and
    /// their results go behind the results, in front of whatever the user says beside them: nothing may part the two.
    mutating func system(_ raw: Span<UInt8>, cache: Span<UInt8>) {
        note(cache)
        if calls.isWaiting {
            if !late.isEmpty { late.append("\\n\\n") }
            return late.append(raw)
        }
        closeTurn()
        say(asSystem: raw)
    }

    private mutating func say(asSystem raw: Span<UInt8>) {
        if isInSystem {
            out.append("\\n\\n")
        } else {
            beginMessage("{\"role\":\"system\",\"content\":\"")
        }
        out.append(raw)
        isInSystem = true
    }

    mutating func turnBegan(_ role: PromptRole) {
        told = role
        // Thoughts that nothing came of.
        if role == .user, self.role != .assistant { forgetThoughts() }
    }

    /// Turns stay open: neighbours of one role are one turn.
    mutating func turnEnded() {}

    /// Opens the turn that was told last.
    private mutating func enter() {
        if role == told { return }
        closeTurn()
        closeSystem()
        role = told
        if role == .assistant { calls.turnBegan() }
    }

    mutating func text(_ raw: Span<UInt8>, cache: Span<UInt8>) {
        note(cache)
        if isInResult {
            if resultHasText { out.append("\\n") }
            out.append(raw)
            resultHasText = true
        } else if told == .assistant {
            // Some servers refuse a turn in which nothing is said.
            if raw.isEmpty { return }
            enter()
            content.append(raw)
            hasContent = true
        } else {
            enter()
            beginPart()
            parts.append("{\"type\":\"text\",\"text\":\"")
            let start = parts.count
            parts.append(raw)
            if partCount == 1 { (firstText, firstIsText) = (ByteRange(start, parts.count), true) }
            parts.append("\"}")
        }
    }

    mutating func refusal(_ raw: Span<UInt8>) {
        guard told == .assistant else { return text(raw, cache: Span()) }
        enter()
        refusal.append(raw)
        hasRefusal = true
    }

    /// One in a result goes to what the user says behind it, for results are text here.
    mutating func image(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, detail: Span<UInt8>, cache: Span<UInt8>
    ) {
        note(cache)
        guard told == .user else { return refuse(.unknownPart) }
        enter()
        beginPart()
        parts.append("{\"type\":\"image_url\",\"image_url\":{\"url\":")
        writeAddress(source, raw, mediaType)
        let all = 0..<detail.count
        if ByteScan.equals(detail, all, "low") || ByteScan.equals(detail, all, "high") {
            parts.append(",\"detail\":")
            parts.append(quoting: detail)
        } else if !detail.isEmpty, !ByteScan.equals(detail, all, "auto") {
            dropped.note("input.detail")
        }
        parts.append("}}")
    }

    /// A file behind an address has no place here.
    mutating func document(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, name: Span<UInt8>, cache: Span<UInt8>
    ) {
        note(cache)
        guard told == .user, source == .base64 else { return refuse(.unknownPart) }
        enter()
        beginPart()
        parts.append("{\"type\":\"file\",\"file\":{\"filename\":")
        parts.append(quoting: name.isEmpty ? Span.of("document.pdf") : name)
        parts.append(",\"file_data\":")
        writeAddress(source, raw, mediaType)
        parts.append("}}")
    }

    /// What a model thought is its provider's: most servers of this wire refuse it, or take it for something said. Those
    /// that want it back sign nothing, so what somebody has signed is another's.
    mutating func reasoning(_ raw: Span<UInt8>, signature: Span<UInt8>) {
        guard told == .assistant, quirks.thoughts != .stay, !raw.isEmpty,
            signature.isEmpty || Unsigned.isOurs(signature)
        else { return noteThoughts() }
        if !thoughts.isEmpty { thoughts.append("\\n\\n") }
        thoughts.append(raw)
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>) { noteThoughts() }

    private mutating func noteThoughts() {
        dropped.note(client == .responses ? "input.reasoning" : "messages.thinking")
    }

    private mutating func forgetThoughts() {
        if thoughts.isEmpty { return }
        thoughts.removeAll()
        noteThoughts()
    }

    mutating func call(id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>, cache: Span<UInt8>) {
        note(cache)
        guard told == .assistant else { return refuse(.unknownPart) }
        enter()
        guard let id = calls.add(id) else { return refuse(.unknownPart) }
        hasCalled = true
        if name.isEmpty { refuse(.toolName) }
        beginPart()
        parts.append("{\"id\":")
        calls.write(id, into: &parts)
        parts.append(",\"type\":\"function\",\"function\":{\"name\":")
        parts.append(quoting: name)
        parts.append(",\"arguments\":")
        parts.append(quoting: arguments.isEmpty ? Span.of("{}") : arguments)
        parts.append("}}")
    }

    mutating func resultBegan(id: Span<UInt8>, isError: Bool, cache: Span<UInt8>) {
        note(cache)
        (isInResult, resultHasText) = (true, false)
        enter()
        guard fault == nil, role == .user, let id = calls.answer(id) else { return refuse(.orphanedResult) }
        beginResult(id)
        if !isError { return }
        out.append("Error: ")
        dropped.note(client == .responses ? "input.output.success" : "messages.is_error")
    }

    mutating func resultEnded() {
        isInResult = false
        out.append("\"}")
    }

    mutating func unknown(_ path: StaticString, _ member: Span<UInt8>) { dropped.note(path, member) }

    // MARK: Settings

    mutating func setting(
        _ setting: PromptSetting, _ json: Span<UInt8>, _ kind: JSONKind
    ) throws(TranslationFault) {
        settings.set(setting, json)
        // Asks for no answer, only that the prompt be kept.
        if setting == .outputTokensMax, settings.is(.outputTokensMax, "0") { throw .noAnswer }
    }

    mutating func stop(_ raw: Span<UInt8>) {
        guard stopCount < quirks.stopCountMax else { return dropped.note(client == .chat ? "stop" : "stop_sequences") }
        stopCount += 1
        if !stops.isEmpty { stops.append(",") }
        stops.append(quoting: raw)
    }

    mutating func toolChoice(_ choice: ToolChoice, name: Span<UInt8>) {
        self.choice = choice
        choiceName.removeAll()
        choiceName.append(name)
    }

    mutating func format(name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool) {
        format.removeAll()
        if schema.isEmpty { return format.append("{\"type\":\"json_object\"}") }
        format.append("{\"type\":\"json_schema\",\"json_schema\":{\"name\":")
        format.append(quoting: name.isEmpty ? Span.of("output") : name)
        if !description.isEmpty {
            format.append(",\"description\":")
            format.append(quoting: description)
        }
        format.append(",\"schema\":")
        format.append(schema)
        format.append(isStrict ? ",\"strict\":true}}" : "}}")
    }

    mutating func effort(_ effort: Effort, budgetTokens: Int) { self.effort = effort }

    mutating func tool(
        name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool, isFreeform: Bool,
        cache: Span<UInt8>
    ) {
        note(cache)
        if name.isEmpty { refuse(.toolName) }
        if !tools.isEmpty { tools.append(",") }
        tools.append("{\"type\":\"function\",\"function\":{\"name\":")
        tools.append(quoting: name)
        if !description.isEmpty {
            tools.append(",\"description\":")
            tools.append(quoting: description)
        }
        tools.append(",\"parameters\":")
        if isFreeform {
            tools.append(FreeformTool.schema)
            FreeformTool.note(name, in: &freeformTools)
        } else if schema.isEmpty {
            tools.append("{\"type\":\"object\",\"properties\":{}}")
        } else {
            tools.append(schema)
        }
        tools.append(isStrict ? ",\"strict\":true}}" : "}}")
    }

    mutating func ended() throws(TranslationFault) {
        closeTurn()
        if calls.isWaiting {
            // The assistant's last turn has asked for something that nobody answered.
            role = .user
            closeTurn()
        }
        closeSystem()
        forgetThoughts()
        if !hasMessage { refuse(.unknownPart) }
        out.append("]")
        writeSettings()
        out.append("}")
        if let fault { throw fault }
    }

    // MARK: Messages

    /// The first fault is the one told.
    private mutating func refuse(_ fault: TranslationFault) { self.fault = self.fault ?? fault }

    private mutating func note(_ cache: Span<UInt8>) {
        if !cache.isEmpty { dropped.note("cache_control") }
    }

    private mutating func beginMessage(_ head: StaticString) {
        if hasMessage { out.append(",") }
        hasMessage = true
        out.append(head)
    }

    private mutating func beginPart() {
        if partCount > 0 { parts.append(",") }
        partCount += 1
    }

    private mutating func beginResult(_ id: ByteRange) {
        beginMessage("{\"role\":\"tool\",\"tool_call_id\":")
        calls.write(id, into: &out)
        out.append(",\"content\":\"")
    }

    private mutating func writeAddress(_ source: ImageSource, _ raw: Span<UInt8>, _ mediaType: Span<UInt8>) {
        guard source == .base64 else { return parts.append(quoting: raw) }
        parts.append("\"data:")
        parts.append(mediaType)
        parts.append(";base64,")
        parts.append(raw)
        parts.append("\"")
    }

    private mutating func closeSystem() {
        if isInSystem { out.append("\"}") }
        isInSystem = false
    }

    private mutating func closeTurn() {
        switch role {
        case .user?: closeUser()
        case .assistant?: closeAssistant()
        case nil: return
        }
        role = nil
        parts.removeAll()
        (partCount, firstIsText) = (0, false)
    }

    private mutating func closeUser() {
        while let id = calls.giveUp() {
            beginResult(id)
            out.append("no result\"}")
        }
        if !late.isEmpty {
            var instructions = ByteBuffer()
            swap(&instructions, &late)
            say(asSystem: instructions.bytes)
        }
        if partCount == 0 { return }
        closeSystem()
        if partCount == 1, firstIsText {
            beginMessage("{\"role\":\"user\",\"content\":")
            out.append("\"")
            out.append(parts, firstText)
            out.append("\"}")
        } else {
            beginMessage("{\"role\":\"user\",\"content\":[")
            out.append(parts)
            out.append("]}")
        }
    }

    private mutating func closeAssistant() {
        beginMessage("{\"role\":\"assistant\",\"content\":")
        if hasContent { out.append(quoting: content) } else { out.append("null") }
        if hasRefusal {
            out.append(",\"refusal\":")
            out.append(quoting: refusal)
        }
        writeThoughts()
        if partCount > 0 {
            out.append(",\"tool_calls\":[")
            out.append(parts)
            out.append("]")
        }
        out.append("}")
        content.removeAll()
        refusal.removeAll()
        (hasContent, hasRefusal) = (false, false)
    }

    /// Some providers refuse, while they think, each turn from the first call on that does not say what was thought. It may not be
    /// known, for another model spoke: then a blank does, where nothing at all would not.
    private mutating func writeThoughts() {
        switch quirks.thoughts {
        case .stay: return
        case .comeBack where thoughts.isEmpty, .mustComeBack where thoughts.isEmpty && !hasCalled: return
        case .comeBack: out.append(",\"reasoning\":\"")
        case .mustComeBack: out.append(",\"reasoning_content\":\"")
        }
        if thoughts.isEmpty { out.append(" ") } else { out.append(thoughts) }
        out.append("\"")
        thoughts.removeAll()
    }
}
