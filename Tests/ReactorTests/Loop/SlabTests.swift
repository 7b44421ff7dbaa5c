@testable import Reactor
import Testing

struct SlabTests {
    private final class Thing {
        let token: Token
        init(_ token: Token) { self.token = token }
    }

    @Test func aStaleTokenNamesNothing() {
        var slab = Slab<Thing>(kind: .client)
        let first = slab.insert { Thing($0) }
        #expect(slab[first.token] === first)
        slab.retire(first.token)
        #expect(slab[first.token] == nil)
        let second = slab.insert { Thing($0) }
        #expect(second.token.slot == first.token.slot)
        #expect(slab[first.token] == nil)
        #expect(slab[second.token] === second)
        #expect(slab[Token(kind: .client, slot: 99, generation: 1)] == nil)
    }

    @Test func aRandomLifeAgreesWithADictionary() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        var slab = Slab<Thing>(kind: .upstream)
        var living: [UInt64: Thing] = [:]
        var dead: [Token] = []
        for _ in 0..<10_000 {
            if Bool.random(using: &random) || living.isEmpty {
                let thing = slab.insert { Thing($0) }
                #expect(living[thing.token.raw] == nil, "seed \(seed)")
                living[thing.token.raw] = thing
            } else if let raw = living.keys.sorted().randomElement(using: &random), let thing = living[raw] {
                living[raw] = nil
                slab.retire(thing.token)
                dead.append(thing.token)
            }
            #expect(slab.count == living.count, "seed \(seed)")
        }
        #expect(living.values.allSatisfy { slab[$0.token] === $0 }, "seed \(seed)")
        #expect(dead.allSatisfy { slab[$0] == nil }, "seed \(seed)")
        var seen = 0
        slab.forEach { thing in
            seen += 1
            #expect(living[thing.token.raw] === thing, "seed \(seed)")
        }
        #expect(seen == living.count, "seed \(seed)")
    }

    @Test func nothingIsRetiredTwice() async {
        await #expect(processExitsWith: .failure) {
            var slab = Slab<Thing>(kind: .client)
            let thing = slab.insert { Thing($0) }
            slab.retire(thing.token)
            slab.retire(thing.token)
        }
    }
}
