// The object of the Responses wire, put together piece by piece.

import Wire

/// The items told so far, the last of them perhaps open, and the object around them.
///
/// The wire tells a text again when it is done, again in its item and once more in the response, and clients read those (the
/// SDK's final response, Codex its items). So the writers of this wire are the ones that hold the answer: escaped, in one
/// buffer, which is the inside of `output`.
struct ResponseObject: ~Copyable {
    enum Item: UInt8, Sendable { case none, message, reasoning, call, freeformCall }

    enum Part: UInt8, Sendable {
        case none
        case text, refusal
        case summary
        /// What proves the reasoning: `encrypted_content`.
        case proof
        case arguments, input

        var item: Item {
            switch self {
            case .none: .none
            case .text, .refusal: .message
            case .summary, .proof: .reasoning
            case .arguments: .call
            case .input: .freeformCall
            }
        }
    }

    enum Status: Sendable { case inProgress, completed, incomplete, failed }

    private let frame: AnswerFrame
    private var model = ByteBuffer()
    private var output = ByteBuffer()
    private(set) var item = Item.none
    private(set) var part = Part.none
    /// Of the open item, or of the next one.
    private(set) var itemIndex = 0
    /// Of the open part within its item, or of the next one.
    private(set) var partIndex = 0
    // Places in `output`.
    private var itemStart = 0
    private var itemHeadEnd = 0
    private var partStart = 0
    private var textStart = 0
    private var freeform = FreeformInput()
    var usage: Usage?
    var finish = FinishReason.none

    init(_ frame: AnswerFrame) { self.frame = frame }

    mutating func begin(model: Span<UInt8>) {
        self.model.removeAll()
        self.model.append(model)
    }

    /// How the answer ended, as far as it is known.
    var status: Status {
        switch finish {
        case .length, .contentFilter: .incomplete
        case .none, .stop, .toolCalls, .other: .completed
        }
    }

    /// More is held than an answer may have.
    var isFull: Bool { output.count > Limits.repeatedBytesMax }

    // MARK: Items and parts

    /// Whether a part can stand in the open item. A message has any number; reasoning has one text and its proof behind it.
    func takes(_ next: Part) -> Bool { item == next.item && (item == .message || next == .proof) }

    /// Makes `next` the open part, in the open item if that takes it, else in a new one.
    mutating func open(_ next: Part) {
        if takes(next) {
            closePart()
        } else {
            beginItem(next.item)
            switch next.item {
            case .message: output.append("\"type\":\"message\",\"role\":\"assistant\",\"content\":[")
            case .reasoning: output.append("\"type\":\"reasoning\",\"summary\":[")
            case .none, .call, .freeformCall: break
            }
            itemHeadEnd = output.count
        }
        if partIndex > 0, next != .proof { output.append(ASCII.comma) }
        partStart = output.count
        switch next {
        case .text: output.append("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"")
        case .refusal: output.append("{\"type\":\"refusal\",\"refusal\":\"")
        case .summary: output.append("{\"type\":\"summary_text\",\"text\":\"")
        case .proof: output.append("],\"encrypted_content\":\"")
        case .none, .arguments, .input: break
        }
        part = next
        textStart = output.count
    }

    /// Opens the item of a call; its arguments are the text of the part that is open then.
    mutating func openCall(id: Span<UInt8>, name: Span<UInt8>) {
        let isFreeform = frame.takesText(name)
        beginItem(isFreeform ? .freeformCall : .call)
        output.append(isFreeform ? "\"type\":\"custom_tool_call\"" : "\"type\":\"function_call\"")
        output.append(",\"call_id\":\"")
        output.append(id)
        output.append("\",\"name\":\"")
        output.append(name)
        output.append(isFreeform ? "\",\"input\":\"" : "\",\"arguments\":\"")
        part = isFreeform ? .input : .arguments
        freeform = FreeformInput()
        itemHeadEnd = output.count
        (partStart, textStart) = (output.count, output.count)
    }

    /// Appends to the text of the open part.
    /// - Returns: how many bytes of the text, as told to the client, are new.
    mutating func append(_ raw: Span<UInt8>) -> Int {
        let start = output.count
        if part == .input { freeform.take(raw, into: &output) } else { output.append(raw) }
        return output.count &- start
    }

    /// Appends what proves the reasoning, as the open part. What stands in front of it tells our own from foreign ones when
    /// it comes back (`ResponsesPromptReader`, `Unsigned`); where nothing proves it, it stands alone, as `th1.n.`.
    mutating func prove(_ raw: Span<UInt8>, isRedacted: Bool) {
        output.append(isRedacted ? "th1.r." : "th1.s.")
        output.append(raw)
    }

    mutating func closePart() {
        switch part {
        case .none, .proof, .arguments, .input: return
        case .text, .refusal, .summary:
            output.append("\"}")
            partIndex &+= 1
            part = .none
        }
    }

    /// Closes the open item with its open part; proofs and arguments end with their item. Until another is opened, `writeItem` writes this one.
    mutating func closeItem(_ status: Status) {
        if item == .none { return }
        closePart()
        ResponseObject.writeTail(of: item, part, status, into: &output)
        (item, part) = (.none, .none)
        itemIndex &+= 1
    }

    private mutating func beginItem(_ next: Item) {
        closeItem(.completed)
        if itemIndex > 0 { output.append(ASCII.comma) }
        itemStart = output.count
        (item, part, partIndex) = (next, .none, 0)
        output.append("{\"id\":\"")
        ResponseObject.writeID(of: next, itemIndex, frame, into: &output)
        output.append("\",")
    }

    private static func writeTail(of item: Item, _ part: Part, _ status: Status, into out: inout ByteBuffer) {
        switch item {
        case .none: return
        case .message: out.append("],\"status\":\"")
        case .call, .freeformCall: out.append("\",\"status\":\"")
        case .reasoning where part == .proof: return out.append("\"}")
        case .reasoning:
            return out.append(
                status == .inProgress ? "],\"encrypted_content\":null}" : "],\"encrypted_content\":\"th1.n.\"}")
        }
        write(status, into: &out)
        out.append("\"}")
    }

    // MARK: Telling it again

    /// Appends the open item's id.
    func writeItemID(into out: inout ByteBuffer) { ResponseObject.writeID(of: item, itemIndex, frame, into: &out) }

    /// Appends the open item as it was when it began.
    func writeNewItem(into out: inout ByteBuffer) {
        out.append(output.bytes.extracting(itemStart..<itemHeadEnd))
        ResponseObject.writeTail(of: item, .none, .inProgress, into: &out)
    }

    /// Appends the item closed last.
    func writeItem(into out: inout ByteBuffer) { out.append(output.bytes.extracting(itemStart..<output.count)) }

    /// Appends the open part as it was when it began.
    func writeNewPart(into out: inout ByteBuffer) {
        out.append(output.bytes.extracting(partStart..<textStart))
        out.append("\"}")
    }

    /// Appends the part closed last, nothing having been opened since.
    func writePart(into out: inout ByteBuffer) { out.append(output.bytes.extracting(partStart..<output.count)) }

    /// Appends the last bytes of the open part's text; all of it by default.
    func writeText(last count: Int? = nil, into out: inout ByteBuffer) {
        out.append(output.bytes.extracting((count.map { output.count &- $0 } ?? textStart)..<output.count))
    }

    /// Appends the whole object. No item may be open.
    /// - Parameter error: the value of `error`; `null` when it is empty.
    func write(_ status: Status, error: Span<UInt8> = Span(), into out: inout ByteBuffer) {
        out.append("{\"id\":\"resp_")
        JSONWriter.escape(frame.id.span, into: &out)
        out.append("\",\"object\":\"response\",\"created_at\":")
        out.append(decimal: Int(frame.created))
        out.append(",\"status\":\"")
        ResponseObject.write(status, into: &out)
        out.append("\",\"background\":false,\"error\":")
        if error.isEmpty { out.append("null") } else { out.append(error) }
        out.append(",\"incomplete_details\":")
        if status != .incomplete {
            out.append("null")
        } else if finish == .contentFilter {
            out.append("{\"reason\":\"content_filter\"}")
        } else {
            out.append("{\"reason\":\"max_output_tokens\"}")
        }
        out.append(",\"instructions\":null,\"previous_response_id\":null,\"model\":\"")
        out.append(model.bytes)
        out.append("\",\"output\":[")
        if status != .inProgress { out.append(output.bytes) }
        out.append("],")
        out.append(frame.echo)
        out.append("\"store\":false,\"tools\":[],\"usage\":")
        if status != .inProgress, let usage { usage.writeResponses(into: &out) } else { out.append("null") }
        out.append("}")
    }

    private static func write(_ status: Status, into out: inout ByteBuffer) {
        switch status {
        case .inProgress: out.append("in_progress")
        case .completed: out.append("completed")
        case .incomplete: out.append("incomplete")
        case .failed: out.append("failed")
        }
    }

    /// Item ids say what they name, as OpenAI's do, and which response it belongs to.
    private static func writeID(of item: Item, _ index: Int, _ frame: AnswerFrame, into out: inout ByteBuffer) {
        switch item {
        case .none: break
        case .message: out.append("msg_")
        case .reasoning: out.append("rs_")
        case .call: out.append("fc_")
        case .freeformCall: out.append("ctc_")
        }
        JSONWriter.escape(frame.id.span, into: &out)
        out.append("_")
        out.append(decimal: index)
    }
}
