// How a chat completion is named whose provider speaks another wire.

import Wire

extension AnswerFrame {
    /// Appends the provider's id behind the prefix that chat completions have; where it has none, the exchange's.
    func writeChatID(_ id: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("chatcmpl-")
        if id.isEmpty || id.count > Limits.answerNameBytesMax { out.append(self.id) } else { out.append(id) }
    }
}
