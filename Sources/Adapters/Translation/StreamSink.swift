// The events of one wire, written.

import Wire

/// Writes a streamed answer in the words of one wire.
protocol StreamSink: AnswerSink, ~Copyable {
    init(_ frame: AnswerFrame)

    /// What must be repeated at the end has outgrown its bound: the stream has to fail.
    var isFull: Bool { get }

    /// Appends an error, after which the stream ends.
    mutating func failed(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer)
}
