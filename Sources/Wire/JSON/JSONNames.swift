// What a reader of members looks for.

/// A set of names, kept as their lengths: it tells of most others in one step that they are none of them, never of one of them.
///
///     while let member = try reader.nextMember(in: bytes, wanted: "choices" | "usage") { … }
@frozen
public struct JSONNames: ExpressibleByStringLiteral, Sendable {
    /// A bit for each length, modulo 64.
    @usableFromInline let lengths: UInt64

    @inlinable @inline(__always)
    init(lengths: UInt64) { self.lengths = lengths }

    @inlinable @inline(__always)
    public init(stringLiteral name: StaticString) { lengths = 1 &<< UInt64(name.utf8CodeUnitCount) }

    /// Every name.
    @inlinable
    public static var any: JSONNames { JSONNames(lengths: ~0) }

    @inlinable @inline(__always)
    public static func | (one: JSONNames, other: JSONNames) -> JSONNames {
        JSONNames(lengths: one.lengths | other.lengths)
    }

    /// Whether a name of so many bytes may be one of them.
    @inline(__always)
    func mayHold(count: Int) -> Bool { lengths &>> UInt64(truncatingIfNeeded: count) & 1 != 0 }
}
