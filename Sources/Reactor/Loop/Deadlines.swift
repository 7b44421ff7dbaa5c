// One wheel of deadlines for a core. A deadline that moves later costs nothing: its entry is looked at when it
// comes up, and put back if its owner's deadline has moved meanwhile.

struct Deadlines {
    /// What an owner keeps: when it is due, and for which tick it stands in the wheel.
    struct Entry {
        /// Nanoseconds on the loop's clock; `never` when nothing is due.
        fileprivate(set) var due = Deadlines.never
        fileprivate var filedTick = UInt64.max
        var isArmed: Bool { due != Deadlines.never }
        mutating func disarm() { due = Deadlines.never }
    }

    static let never = UInt64.max
    private static let tickNS: UInt64 = 1_000_000
    private static let slotCount = 4096
    /// Entries that came up for which room is kept.
    private static let keptCount = 64

    /// One list for each slot, of places that all slots share: an array for each would grow for hours, until every one of
    /// them has been crowded once. -1 ends a list.
    private var firsts = [Int32](repeating: -1, count: slotCount)
    private var lasts = [Int32](repeating: -1, count: slotCount)
    private var places: [Place] = []
    private var firstFree: Int32 = -1
    private var occupied = [UInt64](repeating: 0, count: 64)
    private var hand: UInt64
    private var filedCount = 0
    /// The first tick for which anything is filed; `.max` when nothing is. Between two turns nothing is taken out.
    private var soonest = UInt64.max
    /// What came up in the last turn.
    private var passed: [Filed] = []

    /// A place in the wheel: whose deadline, which of its deadlines, and for when it was filed.
    struct Filed {
        let token: Token
        fileprivate let tick: UInt64
        let which: UInt8
    }

    private struct Place {
        var filed: Filed
        var next: Int32
    }

    init(now: UInt64) { hand = now / Deadlines.tickNS }

    /// Arms `entry` of `token` (its `which`-th) for `due`, in nanoseconds on the loop's clock.
    mutating func arm(_ entry: inout Entry, of token: Token, which: UInt8, due: UInt64) {
        entry.due = due
        let tick = Deadlines.tick(of: due)
        // An entry filed for an earlier tick will be looked at in time.
        if entry.filedTick <= tick, entry.filedTick > hand { return }
        file(token, which, tick, &entry)
    }

    /// Nanoseconds on the loop's clock at which the wheel wants to be turned next; nil when it is empty.
    var nextWake: UInt64? { soonest == .max ? nil : soonest * Deadlines.tickNS }

    /// Looks for the first tick behind the hand for which anything is filed.
    private func findSoonest() -> UInt64 {
        if filedCount == 0 { return .max }
        let count = UInt64(Deadlines.slotCount)
        var step: UInt64 = 1
        while step < count {
            let slot = Int((hand &+ step) % count)
            let word = occupied[slot >> 6] >> UInt64(slot & 63)
            if word != 0 {
                let skip = UInt64(word.trailingZeroBitCount)
                return hand &+ step &+ skip
            }
            step += UInt64(64 - (slot & 63))
        }
        preconditionFailure("\(filedCount) deadlines are filed nowhere")
    }

    /// Turns the wheel to `now`. Returns how many entries came up, each to be asked about with `isDue`.
    mutating func turn(to now: UInt64) -> Int {
        if !passed.isEmpty { passed.removeAll(keepingCapacity: passed.count <= Deadlines.keptCount) }
        let target = now / Deadlines.tickNS
        if target <= hand { return 0 }
        let steps = min(target - hand, UInt64(Deadlines.slotCount))
        let from = hand
        hand = target
        if target < soonest { return 0 }
        var step = soonest - from
        while step <= steps {
            let slot = Int((from &+ step) % UInt64(Deadlines.slotCount))
            step += 1
            if occupied[slot >> 6] & (1 << UInt64(slot & 63)) == 0 { continue }
            occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
            var index = firsts[slot]
            while index >= 0 {
                passed.append(places[Int(index)].filed)
                index = places[Int(index)].next
            }
            places[Int(lasts[slot])].next = firstFree
            firstFree = firsts[slot]
            (firsts[slot], lasts[slot]) = (-1, -1)
        }
        filedCount -= passed.count
        soonest = findSoonest()
        return passed.count
    }

    /// The `index`-th entry that came up in the last turn.
    func passed(_ index: Int) -> Filed { passed[index] }

    /// Whether the deadline that `filed` stood for has come; files it anew when it has moved later.
    mutating func isDue(_ filed: Filed, _ entry: inout Entry, now: UInt64) -> Bool {
        guard entry.filedTick == filed.tick else { return false }
        entry.filedTick = .max
        if entry.due <= now {
            entry.disarm()
            return true
        }
        if entry.isArmed { file(filed.token, filed.which, Deadlines.tick(of: entry.due), &entry) }
        return false
    }

    private mutating func file(_ token: Token, _ which: UInt8, _ wanted: UInt64, _ entry: inout Entry) {
        let tick = min(max(wanted, hand + 1), hand + UInt64(Deadlines.slotCount) - 1)
        let slot = Int(tick % UInt64(Deadlines.slotCount))
        let place = takePlace(Filed(token: token, tick: tick, which: which))
        if lasts[slot] < 0 { firsts[slot] = place } else { places[Int(lasts[slot])].next = place }
        lasts[slot] = place
        occupied[slot >> 6] |= 1 << UInt64(slot & 63)
        filedCount += 1
        soonest = min(soonest, tick)
        entry.filedTick = tick
    }

    private mutating func takePlace(_ filed: Filed) -> Int32 {
        let place = firstFree
        guard place >= 0 else {
            places.append(Place(filed: filed, next: -1))
            return Int32(places.count - 1)
        }
        firstFree = places[Int(place)].next
        places[Int(place)] = Place(filed: filed, next: -1)
        return place
    }

    /// The first tick that does not lie before `due`.
    private static func tick(of due: UInt64) -> UInt64 {
        due == never ? .max : (due &+ tickNS &- 1) / tickNS
    }
}
