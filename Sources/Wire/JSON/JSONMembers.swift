// The members at the top of one JSON object: a fixed table, reused for every text.

public struct JSONMembers: ~Copyable {
    // An array: an element of an InlineArray inside a class is read by copying the whole table.
    private var table = [JSONMember](repeating: .none, count: Limits.jsonMembersMax)
    /// One bit per length and last byte of a name seen: two names can only be equal when their bit was set before.
    private var seen: UInt64 = 0

    public private(set) var count = 0
    /// Whether there were more members than the table holds; those were validated and left out.
    public private(set) var isTruncated = false
    /// Whether two names are the same. The last one counts.
    public private(set) var hasDuplicateNames = false

    public init() {}

    public subscript(_ index: Int) -> JSONMember {
        precondition(index >= 0 && index < count)
        return table[index]
    }

    /// The last member with this name.
    public func member(named name: StaticString, in bytes: Span<UInt8>) -> JSONMember? {
        var index = count &- 1
        while index >= 0 {
            if JSONScan.isName(of: table[index], name, in: bytes) { return table[index] }
            index &-= 1
        }
        return nil
    }

    mutating func removeAll() { (count, seen, isTruncated, hasDuplicateNames) = (0, 0, false, false) }

    @inline(__always)
    mutating func append(_ member: JSONMember, in bytes: Span<UInt8>) {
        let last = ByteScan.byte(bytes, Int(member.name.end) &- 1)
        let bit = 1 &<< UInt64((member.name.count &* 7 ^ Int(last)) & 63) as UInt64
        // An escaped name may equal one of any length.
        if seen & bit != 0 || member.isNameEscaped { noteDuplicate(of: member, in: bytes) }
        seen |= member.isNameEscaped ? ~0 : bit
        if count < Limits.jsonMembersMax {
            table[count] = member
            count &+= 1
        } else {
            isTruncated = true
        }
    }

    private mutating func noteDuplicate(of member: JSONMember, in bytes: Span<UInt8>) {
        var index = 0
        while index < count, !hasDuplicateNames {
            let other = table[index]
            if other.isNameEscaped || member.isNameEscaped {
                hasDuplicateNames = JSONText.equals(bytes, other.name, member.name)
            } else {
                hasDuplicateNames = ByteScan.equals(bytes, other.name, member.name)
            }
            index &+= 1
        }
    }
}
