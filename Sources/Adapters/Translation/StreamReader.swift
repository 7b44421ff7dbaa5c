// The events of one wire, read.

import Wire

/// Reads the streamed answers of one wire and tells them to a sink of any other.
///
/// Whatever the provider sends, the sink is called as one answer wants: `began` once and first; a call is not gone on with once
/// something else was told; each call has an id, and arguments that are not empty; `signature` comes in one piece.
protocol StreamReader: ~Copyable {
    init(_ frame: AnswerFrame)

    /// Reads the data of one event.
    /// - Throws: when it is no JSON object, or does not fit what came before it. The stream cannot go on then.
    mutating func take<Sink: AnswerSink & ~Copyable>(
        _ data: Span<UInt8>, _ facts: inout StreamFacts, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) -> StreamVerdict

    /// Tells what is missing before the answer can end: that it began, what its last call lacks, that it finished.
    mutating func finish<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer)
}
