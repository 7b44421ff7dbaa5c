// Names of calls that the provider did not name.

import Wire

extension AnswerFrame {
    /// Gives a call's id: the provider's own, or one that no other call of the conversation has.
    /// - Parameter count: how many calls the answer has with this one.
    func withCallID(_ id: Span<UInt8>, _ count: Int, _ body: (Span<UInt8>) -> Void) {
        if !id.isEmpty { return body(id) }
        var made = ByteBuffer()
        made.append("call_")
        made.append(self.id)
        made.append("_")
        made.append(decimal: count)
        body(made.bytes)
    }
}
