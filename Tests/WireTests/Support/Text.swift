// Between test text and bytes.

import Wire

/// Each character up to U+00FF is one byte, so that any byte can be written in a literal.
func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

func text(_ bytes: [UInt8], _ range: ByteRange) -> String { String(decoding: bytes[range.range], as: UTF8.self) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func array(_ buffer: borrowing ByteBuffer) -> [UInt8] {
    let bytes = buffer.bytes
    return bytes.indices.map { bytes[$0] }
}

/// What `body` writes.
func written(_ body: (inout ByteBuffer) -> Void) -> String {
    var out = ByteBuffer()
    body(&out)
    return text(array(out))
}
