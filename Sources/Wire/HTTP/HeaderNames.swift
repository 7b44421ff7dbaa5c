// The known header names as a table that needs one multiplication and three comparisons for a look-up.

/// A perfect hash: no two known names share a slot, which the initialiser checks.
struct HeaderNames: Sendable {

    private struct Slot: Sendable {
        /// The first eight bytes, the eighth to sixteenth, the last eight; of a name shorter than eight only `head`.
        var head: UInt64 = 0
        var middle: UInt64 = 0
        var tail: UInt64 = 0
        var count = 0
        var id = HeaderName.other
    }

    /// Found by trying random odd numbers until no two names met.
    private static let multiplier: UInt64 = 0x5158_1973_9AE8_1C0B

    private var slots = [Slot](repeating: Slot(), count: 128)

    /// The one table; kept by whoever looks up often, for each access of a global goes through `swift_once`.
    static let shared = HeaderNames()

    private init() {
        for id in HeaderName.allCases where id != .other {
            var name: [UInt8] = []
            for index in 0..<id.text.utf8CodeUnitCount { name.append(ASCII.lowercased(ByteScan.byte(id.text, index))) }
            let bytes = name.span
            var slot = Slot(head: ByteScan.word(bytes, 0), count: bytes.count, id: id)
            if bytes.count >= 8 { slot.tail = ByteScan.word(bytes, bytes.count - 8) }
            if bytes.count > 16 { slot.middle = ByteScan.word(bytes, 8) }
            let index = HeaderNames.index(head: slot.head, tail: slot.tail)
            precondition(slots[index].count == 0 && bytes.count <= 24, "two header names share a slot")
            slots[index] = slot
        }
    }

    /// The id of the name in `start..<end`; `.other` when it is not in the table.
    @inline(__always)
    func find(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> HeaderName {
        let count = end &- start
        var head = ByteScan.folded(ByteScan.word(bytes, start))
        var tail: UInt64 = 0
        if count >= 8 {
            tail = ByteScan.folded(ByteScan.word(bytes, end &- 8))
        } else {
            head &= ~(~0 &<< UInt64(count &* 8))
        }
        let index = HeaderNames.index(head: head, tail: tail)
        let slot = slots[index]
        guard slot.head == head, slot.tail == tail, slot.count == count else { return .other }
        if count > 16, slot.middle != ByteScan.folded(ByteScan.word(bytes, start &+ 8)) { return .other }
        return slot.id
    }

    @inline(__always)
    private static func index(head: UInt64, tail: UInt64) -> Int {
        Int(truncatingIfNeeded: ((head &+ (tail &<< 3 | tail &>> 61)) &* multiplier) &>> 57)
    }
}
