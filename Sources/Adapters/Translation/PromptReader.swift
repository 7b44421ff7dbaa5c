// What takes the requests of one wire apart.

import Wire

protocol PromptReader {
    /// Tells a request: its settings, its tools, its conversation, and that it has ended.
    /// - Parameter body: a request that is valid JSON, nested no deeper than `Limits.translatedDepthMax`.
    static func read<S: PromptSink & ~Copyable>(_ body: Span<UInt8>, into sink: inout S) throws(TranslationFault)
}
