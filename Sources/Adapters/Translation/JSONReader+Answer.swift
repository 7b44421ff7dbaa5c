// Steps that all readers of answers take.

import Wire

extension JSONReader {
    /// Begins to read an answer or event, which must be an object, and steps into it.
    init(answer bytes: Span<UInt8>) throws(JSONFault) {
        self.init(depthMax: Limits.answerDepthMax)
        guard nextKind(in: bytes) == .object else {
            try skip(in: bytes)
            try finish(in: bytes)
            throw JSONFault(position: 0, reason: .notAnObject)
        }
        try enter(in: bytes)
    }

    /// Steps over a string and gives its inside.
    mutating func inside(in bytes: Span<UInt8>) throws(JSONFault) -> ByteRange {
        let value = try skip(in: bytes)
        return ByteRange(Int(value.start) &+ 1, Int(value.end) &- 1)
    }
}
