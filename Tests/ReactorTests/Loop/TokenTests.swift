@testable import Reactor
import Testing

struct TokenTests {
    @Test func aTokenGivesBackWhatItWasMadeOf() {
        for kind in [Token.Kind.wake, .listener, .client, .upstream] {
            for slot in [0, 1, 65_535, 0xFF_FFFF] {
                for generation in [UInt32(0), 1, .max] {
                    let token = Token(raw: Token(kind: kind, slot: slot, generation: generation).raw)
                    #expect(token.kind == kind && token.slot == slot && token.generation == generation)
                }
            }
        }
    }
}
