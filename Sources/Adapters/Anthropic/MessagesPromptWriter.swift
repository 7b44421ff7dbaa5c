// A Messages request, put together.

import Wire

/// Writes the wire of Anthropic's Messages.
///
/// It refuses much that others take: empty texts, texts behind a call, results that do not come first in the turn
/// behind their calls, calls without result, a conversation that does not begin with the user. All of that is put right
/// here.
struct MessagesPromptWriter: PromptWriter, ~Copyable {
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
    var system = ByteBuffer()
    /// The schema of the answer.
    var schema = ByteBuffer()
    var wantsJSON = false
    var effort: Effort?
    var budgetTokens = 0
    var choice: ToolChoice?
    var choiceName = ByteBuffer()

    /// Whose turn is open: one in which something was said.
    private var role: PromptRole?
    /// Whose turn it is by the client; it is opened when something is said in it, so that an empty one parts nothing.
    private var told = PromptRole.user
    /// The open turn has a block in `out`.
    private var isWritten = false
    /// Some turn was written.
    private(set) var hasTurn = false
    /// Blocks of the open turn that come last: what the user says beside results, what the assistant asks for.
    private var aside = ByteBuffer()
    private var isInResult = false
    private var resultHasContent = false
    private var calls = PendingCalls(.messages)
    /// The assistant's last turn: what the rules about thinking depend on.
    private(set) var (turnThinks, turnCalls) = (false, false)
    /// The last thing written is a text, so that blanks at its end may have to go.
    private var endsInText = false
    /// Marks for the provider's cache so far.
    private var cacheCount = 0
    var fault: TranslationFault?

    init(_ quirks: Quirks, client: Operation) {
        self.quirks = quirks
        self.client = client
    }

    mutating func began(model: Span<UInt8>) {
        out.append("{\"model\":")
        out.append(model)
    }

    // MARK: Turns

    mutating func turnBegan(_ role: PromptRole) { told = role }

    /// Turns stay open: neighbours of one role are one turn.
    mutating func turnEnded() {}

    /// Opens the turn that was told last.
    private mutating func enter() {
        if role == told { return }
        closeTurn()
        role = told
        guard role == .assistant else { return }
        calls.turnBegan()
        (turnThinks, turnCalls) = (false, false)
    }

    mutating func system(_ raw: Span<UInt8>, cache: Span<UInt8>) {
        if MessagesPromptWriter.isBlank(raw) { return }
        let cache = admitted(cache)
        if role != nil { dropped.note("messages.role") }
        if !system.isEmpty { system.append(",") }
        MessagesPromptWriter.writeText(raw, cache, into: &system)
    }

    mutating func text(_ raw: Span<UInt8>, cache: Span<UInt8>) {
        if MessagesPromptWriter.isBlank(raw) { return }
        let cache = admitted(cache)
        if beginBlock() {
            MessagesPromptWriter.writeText(raw, cache, into: &aside)
        } else {
            MessagesPromptWriter.writeText(raw, cache, into: &out)
            endsInText = true
        }
    }

    mutating func refusal(_ raw: Span<UInt8>) { text(raw, cache: Span()) }

    mutating func image(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, detail: Span<UInt8>, cache: Span<UInt8>
    ) {
        if !detail.isEmpty, !ByteScan.equals(detail, 0..<detail.count, "auto") {
            dropped.note(client == .responses ? "input.detail" : "messages.image_url.detail")
        }
        if source == .url, !MessagesPromptWriter.isSecure(raw) { refuse(.unknownPart) }
        let cache = admitted(cache)
        if beginBlock() {
            MessagesPromptWriter.writeMedia("image", source, raw, mediaType, Span(), cache, into: &aside)
        } else {
            MessagesPromptWriter.writeMedia("image", source, raw, mediaType, Span(), cache, into: &out)
        }
    }

    mutating func document(
        _ source: ImageSource, _ raw: Span<UInt8>, mediaType: Span<UInt8>, name: Span<UInt8>, cache: Span<UInt8>
    ) {
        if source == .url, !MessagesPromptWriter.isSecure(raw) { refuse(.unknownPart) }
        let cache = admitted(cache)
        if beginBlock() {
            MessagesPromptWriter.writeMedia("document", source, raw, mediaType, name, cache, into: &aside)
        } else {
            MessagesPromptWriter.writeMedia("document", source, raw, mediaType, name, cache, into: &out)
        }
    }

    /// Only what its provider has signed may come back to it.
    mutating func reasoning(_ raw: Span<UInt8>, signature: Span<UInt8>) {
        guard told == .assistant, !signature.isEmpty, !Unsigned.isOurs(signature) else {
            return dropped.note(client == .responses ? "input.reasoning" : "messages.reasoning_content")
        }
        beginThought()
        out.append("{\"type\":\"thinking\",\"thinking\":")
        out.append(quoting: raw)
        out.append(",\"signature\":")
        out.append(quoting: signature)
        out.append("}")
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>) {
        guard told == .assistant else { return dropped.note("messages.redacted_thinking") }
        beginThought()
        out.append("{\"type\":\"redacted_thinking\",\"data\":")
        out.append(quoting: raw)
        out.append("}")
    }

    mutating func call(id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>, cache: Span<UInt8>) {
        guard told == .assistant else { return refuse(.unknownPart) }
        enter()
        guard let id = calls.add(id) else { return refuse(.unknownPart) }
        if !MessagesPromptWriter.isToolName(name) { refuse(.toolName) }
        turnCalls = true
        if !aside.isEmpty { aside.append(",") }
        aside.append("{\"type\":\"tool_use\",\"id\":")
        calls.write(id, into: &aside)
        aside.append(",\"name\":")
        aside.append(quoting: name)
        aside.append(",")
        aside.append(cacheControl: admitted(cache))
        aside.append("\"input\":")
        if !MessagesPromptWriter.writeInput(arguments, into: &aside) {
            dropped.note(client == .responses ? "input.arguments" : "messages.tool_calls.arguments")
        }
        aside.append("}")
    }

    mutating func resultBegan(id: Span<UInt8>, isError: Bool, cache: Span<UInt8>) {
        enter()
        isInResult = true
        resultHasContent = false
        guard fault == nil, role == .user, let id = calls.answer(id) else { return refuse(.orphanedResult) }
        beginResult(id, isError: isError)
        let cache = admitted(cache)
        if !cache.isEmpty {
            out.append(",\"cache_control\":")
            out.append(cache)
        }
    }

    mutating func resultEnded() {
        isInResult = false
        out.append(resultHasContent ? "]}" : "}")
    }

    mutating func unknown(_ path: StaticString, _ member: Span<UInt8>) { dropped.note(path, member) }

    /// The first fault is the one told.
    mutating func refuse(_ fault: TranslationFault) { self.fault = self.fault ?? fault }

    // MARK: Settings

    mutating func setting(
        _ setting: PromptSetting, _ json: Span<UInt8>, _ kind: JSONKind
    ) throws(TranslationFault) {
        settings.set(setting, json)
        if setting == .choiceCount, !settings.is(.choiceCount, "1") { throw .severalChoices }
    }

    mutating func stop(_ raw: Span<UInt8>) {
        if MessagesPromptWriter.isBlank(raw) { return dropped.note(client == .chat ? "stop" : "stop_sequences") }
        if !stops.isEmpty { stops.append(",") }
        stops.append(quoting: raw)
    }

    mutating func toolChoice(_ choice: ToolChoice, name: Span<UInt8>) {
        self.choice = choice
        choiceName.removeAll()
        choiceName.append(name)
    }

    /// Only the schema itself can tell what it is called and what it is for.
    mutating func format(name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool) {
        // The format of this wire is always strict: it refuses schemas that others take, and is no mere wish.
        wantsJSON = schema.isEmpty || !isStrict
        self.schema.removeAll()
        if schema.isEmpty { return }
        self.schema.append("{")
        if !annotate("title", name, in: schema) {
            dropped.note(client == .responses ? "text.format.name" : "response_format.json_schema.name")
        }
        if !annotate("description", description, in: schema) {
            dropped.note(client == .responses ? "text.format.description" : "response_format.json_schema.description")
        }
        var members = JSONCursor(of: ByteRange(0, schema.count), in: schema)
        if self.schema.count > 1, members.next(in: schema) == nil { self.schema.truncate(to: self.schema.count - 1) }
        self.schema.append(schema.extracting(1..<schema.count))
    }

    /// Puts a member into the open schema, a comma behind it.
    /// - Returns: `false` when the schema has another value for it.
    private mutating func annotate(_ key: StaticString, _ raw: Span<UInt8>, in schema: Span<UInt8>) -> Bool {
        if raw.isEmpty { return true }
        var members = JSONCursor(of: ByteRange(0, schema.count), in: schema)
        while let member = members.next(in: schema) {
            if !JSONScan.isName(of: member, key, in: schema) { continue }
            let value = schema.extracting(PromptJSON.raw(member, in: schema))
            return value.count == raw.count && ByteScan.equals(value, from: 0, raw, from: 0, count: raw.count)
        }
        self.schema.append("\"")
        self.schema.append(key)
        self.schema.append("\":")
        self.schema.append(quoting: raw)
        self.schema.append(",")
        return true
    }

    mutating func effort(_ effort: Effort, budgetTokens: Int) {
        (self.effort, self.budgetTokens) = (effort, budgetTokens)
    }

    mutating func tool(
        name: Span<UInt8>, description: Span<UInt8>, schema: Span<UInt8>, isStrict: Bool, isFreeform: Bool,
        cache: Span<UInt8>
    ) {
        if !MessagesPromptWriter.isToolName(name) { refuse(.toolName) }
        if !tools.isEmpty { tools.append(",") }
        tools.append("{\"name\":")
        tools.append(quoting: name)
        if !description.isEmpty {
            tools.append(",\"description\":")
            tools.append(quoting: description)
        }
        tools.append(",")
        tools.append(cacheControl: admitted(cache))
        if isStrict { tools.append("\"strict\":true,") }
        tools.append("\"input_schema\":")
        if isFreeform {
            tools.append(FreeformTool.schema)
            FreeformTool.note(name, in: &freeformTools)
        } else if schema.isEmpty {
            tools.append("{\"type\":\"object\",\"properties\":{}}")
        } else {
            MessagesPromptWriter.writeSchema(schema, into: &tools)
        }
        tools.append("}")
    }

    mutating func ended() throws(TranslationFault) {
        if role == .assistant, endsInText, aside.isEmpty { trimEnd() }
        closeTurn()
        if calls.isWaiting {
            // The assistant's last turn has asked for something that nobody answered.
            role = .user
            closeTurn()
        }
        if !hasTurn { try speakForUser() }
        out.append("]")
        writeSettings()
        out.append("}")
        if let fault { throw fault }
    }

    /// A request of nothing but instructions: they become the user's words, for somebody must have said something.
    private mutating func speakForUser() throws(TranslationFault) {
        guard !system.isEmpty else { throw fault ?? .unknownPart }
        dropped.note("messages.role")
        role = .user
        swap(&aside, &system)
        closeTurn()
    }

    // MARK: Blocks

    /// A mark for the provider's cache, as long as there is room for it: more than four are refused.
    @_lifetime(copy cache)
    private mutating func admitted(_ cache: Span<UInt8>) -> Span<UInt8> {
        if cache.isEmpty { return cache }
        cacheCount += 1
        if cacheCount <= Limits.cacheMarksMax { return cache }
        dropped.note("cache_control")
        return cache.extracting(0..<0)
    }

    /// Makes room for a block.
    /// - Returns: whether it goes aside.
    private mutating func beginBlock() -> Bool {
        endsInText = false
        if isInResult {
            out.append(resultHasContent ? "," : ",\"content\":[")
            resultHasContent = true
            return false
        }
        enter()
        if role == .user {
            if !aside.isEmpty { aside.append(",") }
            return true
        }
        beginWritten()
        return false
    }

    /// Makes room for what was thought: only a turn that begins with it counts as one that thinks.
    private mutating func beginThought() {
        enter()
        if !isWritten { turnThinks = true }
        _ = beginBlock()
    }

    /// Makes room for a block in `out`.
    private mutating func beginWritten() {
        if isWritten { return out.append(",") }
        if !hasTurn, role == .assistant { refuse(.unknownRole) }
        out.append(hasTurn ? "," : ",\"messages\":[")
        out.append(
            role == .assistant ? "{\"role\":\"assistant\",\"content\":[" : "{\"role\":\"user\",\"content\":[")
        (isWritten, hasTurn) = (true, true)
    }

    private mutating func beginResult(_ id: ByteRange, isError: Bool) {
        beginWritten()
        out.append("{\"type\":\"tool_result\",\"tool_use_id\":")
        calls.write(id, into: &out)
        if isError { out.append(",\"is_error\":true") }
    }

    private mutating func closeTurn() {
        if role == .user {
            while let id = calls.giveUp() {
                beginResult(id, isError: true)
                out.append(",\"content\":[{\"type\":\"text\",\"text\":\"no result\"}]}")
            }
        }
        if !aside.isEmpty {
            beginWritten()
            out.append(aside)
            aside.removeAll()
        }
        if isWritten { out.append("]}") }
        (isWritten, endsInText) = (false, false)
    }

    /// Takes blanks from the end of the last text, which is not blank all over.
    private mutating func trimEnd() {
        // `"}`
        var end = out.count - 2
        while end > 0 {
            let byte = out.bytes[end - 1]
            if byte == ASCII.space {
                end -= 1
                continue
            }
            let isBlank = byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") || byte == UInt8(ascii: "t")
            var slashCount = 0
            while end - 2 - slashCount >= 0, out.bytes[end - 2 - slashCount] == ASCII.backslash { slashCount += 1 }
            guard isBlank, slashCount & 1 == 1 else { break }
            end -= 2
        }
        out.truncate(to: end)
        out.append("\"}")
    }
}
