// Numbered places for things that live as long as a connection. A place is used again, its generation never.

struct Slab<Element: AnyObject> {
    private struct Place {
        var generation: UInt32 = 1
        var nextFree: Int32 = -1
        var element: Element?
    }

    private let kind: Token.Kind
    private var places: [Place] = []
    private var firstFree: Int32 = -1
    private(set) var count = 0

    init(kind: Token.Kind) { self.kind = kind }

    /// Gives a fresh token; `fill` must follow before anybody looks it up.
    mutating func insert(_ make: (Token) -> Element) -> Element {
        let slot: Int
        if firstFree >= 0 {
            slot = Int(firstFree)
            firstFree = places[slot].nextFree
        } else {
            slot = places.count
            places.append(Place())
        }
        count += 1
        let element = make(Token(kind: kind, slot: slot, generation: places[slot].generation))
        places[slot].element = element
        return element
    }

    /// What `token` named, or nil when that life is over. The one place where stale tokens are dropped.
    subscript(token: Token) -> Element? {
        let slot = token.slot
        guard slot < places.count, places[slot].generation == token.generation else { return nil }
        return places[slot].element
    }

    /// Ends a life: from here on the token is stale.
    mutating func retire(_ token: Token) {
        let slot = token.slot
        precondition(places[slot].generation == token.generation && places[slot].element != nil, "retired twice")
        places[slot].generation &+= 1
        places[slot].element = nil
        places[slot].nextFree = firstFree
        firstFree = Int32(slot)
        count -= 1
    }

    /// Calls `body` for all that live now; it may retire any of them.
    func forEach(_ body: (Element) -> Void) {
        for slot in places.indices {
            if let element = places[slot].element { body(element) }
        }
    }
}
