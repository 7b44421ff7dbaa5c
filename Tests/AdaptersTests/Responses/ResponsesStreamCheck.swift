import Wire

/// Reads a stream of the Responses wire by the rules of the SDK's `ResponseStreamState`, and stricter ones: everything is told
/// in order, numbered without a gap, and what is told again is what was told.
struct ResponsesStreamCheck {
    /// What is wrong, each with the event it is wrong in.
    private(set) var faults: [String] = []
    private(set) var types: [String] = []
    /// The last lifecycle event's response, as written.
    private(set) var response = ""
    /// Items that are done, as written.
    private(set) var items: [String] = []
    private var responseID = ""
    private var itemIDs: Set<String> = []
    private var openItem: (id: String, type: String)?
    private var parts: [String] = []
    private var openPart: (type: String, text: String)?
    private var hasEnded = false

    init(_ stream: [UInt8]) {
        var framer = EventFramer()
        var from = 0
        while let event = framer.next(in: stream.span, from: from) {
            from = Int(event.whole.end)
            if event.dataLineCount == 0 { continue }
            let name = text(stream.span.extracting(event.name))
            if event.dataLineCount != 1 { faults.append("\(name): \(event.dataLineCount) lines") }
            take(name, [UInt8](copying: stream.span.extracting(event.data)))
        }
        if from != stream.count { faults.append("\(stream.count - from) bytes behind the last event") }
        if !hasEnded { faults.append("no end") }
    }

    private mutating func take(_ name: String, _ data: [UInt8]) {
        func fault(_ text: String) { faults.append("\(types.count - 1) \(name): \(text)") }
        types.append(name)
        guard (try? JSONScan.validate(data.span)) != nil else { return fault("no JSON") }
        func value(_ path: StaticString) -> String? {
            JSONScan.find(path, in: data.span, from: ByteRange(0, data.count)).map {
                text(data.span.extracting($0.value))
            }
        }
        // By bytes: a mark that joins what stands in front of it would go with the quote.
        func inside(_ path: StaticString) -> String {
            value(path).map { String(decoding: $0.utf8.dropFirst().dropLast(), as: UTF8.self) } ?? ""
        }
        if hasEnded { fault("behind the end") }
        if inside("type") != name { fault("type is \(inside("type"))") }
        if value("sequence_number") != "\(types.count - 1)" { fault("numbered \(value("sequence_number") ?? "not")") }

        // Lifecycle.
        if let told = value("response") {
            response = told
            if types.count == 1 { responseID = inside("response.id") }
            if inside("response.id") != responseID || responseID.isEmpty { fault("another response") }
            let statuses = [
                "response.created": "in_progress", "response.in_progress": "in_progress",
                "response.completed": "completed", "response.incomplete": "incomplete", "response.failed": "failed",
            ]
            if inside("response.status") != statuses[name] { fault("status \(inside("response.status"))") }
            if types.count <= 2 {
                if name != ["response.created", "response.in_progress"][types.count - 1] { fault("comes first") }
                if value("response.output") != "[]" { fault("has output") }
            } else {
                hasEnded = true
                if name != "response.failed" {
                    if openItem != nil { fault("ends an item") }
                    if value("response.output") != "[" + items.joined(separator: ",") + "]" { fault("other items") }
                }
            }
            return
        }
        if name == "error" {
            hasEnded = true
            return
        }
        if types.count < 3 { fault("comes before the response") }

        // Items.
        if name == "response.output_item.added" {
            if openItem != nil { fault("an item is open") }
            if value("output_index") != "\(items.count)" { fault("index \(value("output_index") ?? "none")") }
            let id = inside("item.id")
            if !itemIDs.insert(id).inserted { fault("id \(id) again") }
            openItem = (id, inside("item.type"))
            parts = []
            if let status = value("item.status"), status != "\"in_progress\"" { fault("status \(status)") }
            if ["function_call", "custom_tool_call"].contains(inside("item.type")) {
                openPart = (inside("item.type"), "")
                if inside("item.call_id").isEmpty { fault("no call_id") }
                if !(inside("item.arguments") + inside("item.input")).isEmpty { fault("has text") }
            }
            return
        }
        guard let item = openItem else { return fault("no item is open") }
        if value("output_index") != "\(items.count)" { fault("index \(value("output_index") ?? "none")") }
        if name == "response.output_item.done" {
            if inside("item.id") != item.id || inside("item.type") != item.type { fault("another item") }
            switch item.type {
            case "message":
                if value("item.content") != "[" + parts.joined(separator: ",") + "]" { fault("other parts") }
            case "reasoning":
                if value("item.summary") != "[" + parts.joined(separator: ",") + "]" { fault("other parts") }
            default:
                let told = inside(item.type == "function_call" ? "item.arguments" : "item.input")
                if parts != [told] { fault("another text") }
            }
            if openPart != nil { fault("a part is open") }
            items.append(value("item") ?? "")
            openItem = nil
            return
        }
        if inside("item_id") != item.id { fault("of item \(inside("item_id"))") }
        let partIndex = value("content_index") ?? value("summary_index")
        if item.type.hasSuffix("_call") {
            if partIndex != nil { fault("has parts") }
        } else if partIndex != "\(parts.count)" {
            fault("part \(partIndex ?? "none")")
        }

        // Parts and their texts.
        if name.hasSuffix("_part.added") {
            if openPart != nil { fault("a part is open") }
            if (name == "response.content_part.added") != (item.type == "message") { fault("in a \(item.type)") }
            if !(inside("part.text") + inside("part.refusal")).isEmpty { fault("has text") }
            openPart = (inside("part.type"), "")
            return
        }
        if name.hasSuffix("_part.done") {
            if inside("part.type") != openPart?.type { fault("another part") }
            if inside("part.text") + inside("part.refusal") != openPart?.text { fault("another text") }
            parts.append(value("part") ?? "")
            openPart = nil
            return
        }
        let kinds = [
            "output_text": "output_text", "refusal": "refusal", "summary_text": "reasoning_summary_text",
            "function_call": "function_call_arguments", "custom_tool_call": "custom_tool_call_input",
        ]
        guard let part = openPart, let kind = kinds[part.type] else { return fault("no part is open") }
        if name == "response.\(kind).delta" {
            if value("delta") == nil { fault("no delta") }
            openPart?.text += inside("delta")
        } else if name == "response.\(kind).done" {
            let told = inside("text") + inside("refusal") + inside("arguments") + inside("input")
            if told != part.text { fault("another text") }
            if item.type.hasSuffix("_call") {
                parts = [told]
                openPart = nil
            }
        } else {
            fault("in a \(part.type)")
        }
    }
}
