// What stands around a translated answer.

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
    /// Insides of the names of tools that take free text, an LF behind each: their calls are `custom_tool_call` items.
    package var freeformTools: [UInt8] = []
    /// Members of a Responses object that repeat the request, each with a comma behind it.
    package var echo: [UInt8] = []

    package init(translation: Translation, id: [UInt8], created: Int64) {
        self.translation = translation
        self.id = id
        self.created = created
    }
}
