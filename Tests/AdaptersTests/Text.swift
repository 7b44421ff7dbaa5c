import Wire

/// Bytes of text, and text of bytes, as tests speak of them.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: Span<UInt8>) -> String { String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }

func text(_ buffer: borrowing ByteBuffer) -> String { text(buffer.bytes) }

/// What `write` appends to an empty buffer.
func written(_ write: (inout ByteBuffer) -> Void) -> String {
    var out = ByteBuffer()
    write(&out)
    return text(out)
}
