// What the kernel hands back with an event: which slot, which life of it, and what kind of thing lives there.

package struct Token: Equatable, Sendable {
    package enum Kind: UInt8, Sendable { case wake, listener, client, upstream }

    /// Kind in the top 8 bits, slot in the next 24, generation in the low 32.
    package let raw: UInt64

    package init(kind: Kind, slot: Int, generation: UInt32) {
        precondition(slot >= 0 && slot < 1 << 24, "slot \(slot)")
        raw = UInt64(kind.rawValue) << 56 | UInt64(slot) << 32 | UInt64(generation)
    }

    package init(raw: UInt64) { self.raw = raw }

    package static let wake = Token(kind: .wake, slot: 0, generation: 0)

    package var kind: Kind {
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: raw >> 56)) else {
            preconditionFailure("token \(raw) has no kind")
        }
        return kind
    }
    package var slot: Int { Int(raw >> 32 & 0xFF_FFFF) }
    package var generation: UInt32 { UInt32(truncatingIfNeeded: raw) }
}
