// The bounds of the simulated provider. Its callers are trusted to mean well, not to count well.

/// Every bound with its unit (in the name) and its reason.
package enum Limits {
    /// Nanoseconds of one wait: an hour. A longer one is a typing error, and sums of them must not overflow.
    package static let delayNanosecondsMax: Int64 = 3_600_000_000_000
    /// Tokens of one scripted answer; more would only test the patience of whoever reads it.
    package static let tokensMax = 1_000_000
    /// Content bytes of one chunk. Above 1 MiB the fault `huge-event` is the tool.
    package static let chunkBytesMax = 1 << 20
    /// Content bytes of the fault `huge-event`, held in memory once per stream.
    package static let hugeEventBytesMax = 16 << 20
    /// Answers per request, as the gateway's own bound.
    package static let choiceCountMax = 16
    /// Calls of tools in one answer; no model makes more at once.
    package static let callCountMax = 16
    /// Words of reasoning in front of an answer, which are held while they are told.
    package static let reasoningWordsMax = 10_000
    /// Bytes of one line of directives in a text: all of them at once, twice over.
    package static let directiveBytesMax = 1024
    /// Texts of one embeddings request, as the OpenAI API.
    package static let inputCountMax = 2048
    /// Numbers of one embedding vector. The largest public models give 4,096.
    package static let dimensionsMax = 4096
    /// Levels of nesting in a request, and of a schema that is followed when an instance of it is made.
    package static let depthMax = 64
    /// Bytes of one instance made for a schema: `$ref` may multiply a small schema without end.
    package static let instanceBytesMax = 64 * 1024
    /// Powers of two from which the size of a cut piece is drawn (count): 1 to 2,048 bytes, some bytes of an event or several.
    package static let cutPowerCount = 12
    /// Departures of clients kept until somebody asks for them (count): those of the largest soak, ten times over.
    package static let departuresMax = 20_000
    /// Bytes put into the buffer per step when there is nothing to wait for: enough to amortise a send.
    package static let batchBytesMax = 16 * 1024
}
