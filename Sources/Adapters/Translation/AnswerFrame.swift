// What stands around a translated answer.

import Wire

/// What the translation of an answer must know of its request.
package struct AnswerFrame: Sendable {
    package let translation: Translation
    /// The exchange's id, visible ASCII: ids that the client's wire wants are made of it.
    package let id: [UInt8]
    /// Seconds since 1970.
    package let created: Int64
    /// The client of a chat stream asked for the usage event.
    package var includesUsage = false
    /// Told until the provider has counted.
    package var estimatedInputTokens = 0
    /// Insides of the names of tools that take free text, an LF behind each: their calls are `custom` on
    /// the chat wire, `custom_tool_call` items on the Responses wire.
    package var freeformTools: [UInt8] = []
    /// Members of a Responses object that repeat the request, each with a comma behind it.
    package var echo: [UInt8] = []

    package init(translation: Translation, id: [UInt8], created: Int64) {
        self.translation = translation
        self.id = id
        self.created = created
    }

    /// Whether the tool of this name takes text.
    func takesText(_ name: Span<UInt8>) -> Bool {
        let names = freeformTools.span
        var start = 0
        while start < names.count {
            let end = ByteScan.first(ASCII.lf, in: names, from: start)
            if end - start == name.count, ByteScan.equals(names, from: start, name, from: 0, count: name.count) {
                return true
            }
            start = end + 1
        }
        return false
    }
}
