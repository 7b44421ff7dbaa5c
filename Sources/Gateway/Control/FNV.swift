// FNV-1a, 64 bits: for tables whose keys nobody can choose to collide with profit.

internal import Wire

enum FNV {
    static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }

    static func hash(_ text: String) -> UInt64 { hash(Array(text.utf8).span) }

    /// FNV-1a, 32 bits, as the original picks variants by.
    static func hash32(_ bytes: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for index in bytes.indices { hash = (hash ^ UInt32(bytes[index])) &* 0x0100_0193 }
        return hash
    }
}
