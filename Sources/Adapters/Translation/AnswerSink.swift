// An answer, taken apart.

import Wire

/// One answer as calls, in the model's order; a stream brings texts in pieces.
///
/// Each span is the inside of a JSON string as written, and lives during the call.
protocol AnswerSink: ~Copyable {
    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer)
    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    /// Proves the reasoning told before it.
    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer)
    /// More of the arguments of the call begun last.
    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer)
    /// - Parameter stop: the stop sequence that ended it; empty for none.
    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer)
    /// What has been consumed so far, as a whole each time.
    mutating func counted(_ usage: Usage)
    mutating func ended(into out: inout ByteBuffer)
}
