// What puts requests of one wire together.

import Wire

protocol PromptWriter: PromptSink, ~Copyable {
    /// - Parameter client: the operation whose words the names of what is dropped are in.
    init(_ quirks: Quirks, client: Operation)
    /// What is written goes behind what this holds.
    var out: ByteBuffer { get set }
    var dropped: Dropped { get set }
    /// See `AnswerFrame`.
    var freeformTools: [UInt8] { get }
    var includesUsage: Bool { get }
    /// - Parameter model: the upstream's name as a JSON string.
    mutating func began(model: Span<UInt8>)
}
