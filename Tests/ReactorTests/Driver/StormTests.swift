import Glibc
@testable import Reactor
import Testing
import Wire

/// Many clients with many wishes in bad weather. Whatever happens, nothing traps, nothing leaks, and what arrives is right.
struct StormTests {
    static let isSoaking = unsafe getenv("TOKENHUB_SOAK") != nil
    static let rounds = isSoaking ? 400 : 6

    private enum Mood: CaseIterable { case patient, hasty, rude, stalling, pipelining, garbling }

    private final class Guest {
        let peer: TestPeer
        let mood: Mood
        var wishes: [(path: String, body: [UInt8])]
        /// Answers seen when the last wish was told.
        var sentCount = 0
        var isDone = false
        init(_ peer: TestPeer, _ mood: Mood, _ wishes: [(path: String, body: [UInt8])]) {
            (self.peer, self.mood, self.wishes) = (peer, mood, wishes)
        }
    }

    @Test(arguments: 0..<rounds) func aStormLeavesNothingBehind(round: Int) throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        var weather = SimulatedWeather.rough
        if round % 2 == 1 { weather = .stormy }
        weather.pipeBytesMax = [600, 4_000, 64_000].randomElement(using: &random) ?? 4_000
        let world = try World(.rough, cores: round % 3 == 2 ? 2 : 1, seed: seed, weather: weather)
        let network = try #require(world.network)
        if round % 4 == 3 { network.descriptorsMax = 30 }
        let body = Script.pattern(20_000, seed: seed)
        try serveAll(world, body, seed)
        // Without breaking connections every patient guest gets all it asked for.
        let isStormy = weather.resets > 0 || network.descriptorsMax < .max
        var guests: [Guest] = []
        for _ in 0..<40 {
            let mood = Mood.allCases.randomElement(using: &random) ?? .patient
            let wishes = (0..<Int.random(in: 1...5, using: &random)).map { _ in wish(&random) }
            let guest = Guest(try world.connect(), mood, wishes)
            guests.append(guest)
            // Turns of ten milliseconds.
            begin(guest, { network.after(UInt64($0) * 10_000_000, $1) }, turns: 100, &random)
        }
        try world.until("all done (seed \(seed))") {
            for guest in guests where !guest.isDone { try look(guest, body) }
            return guests.allSatisfy(\.isDone)
        }
        for guest in guests {
            let isSafe = !guest.wishes.contains { $0.path == "/deny" || $0.path == "/to/flaky" }
            if guest.mood == .patient || guest.mood == .pipelining, isSafe, !isStormy {
                #expect(try guest.peer.answers().count == guest.wishes.count, "seed \(seed)")
            }
            guest.peer.close()
        }
        network.descriptorsMax = .max
        try world.finish(withinMS: 5_000)
    }

    /// The same over a real kernel, where turns of the loop stand for time.
    @Test(arguments: Kernel.present.filter { !$0.isSimulated }, 0..<(isSoaking ? 100 : 3))
    func aStormOverARealKernelLeavesNothingBehind(kernel: Kernel, round: Int) throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        let world = try World(kernel, cores: round % 2 + 1, seed: seed)
        let body = Script.pattern(200_000, seed: seed)
        try serveAll(world, body, seed)
        var guests: [Guest] = []
        for _ in 0..<40 {
            let mood = Mood.allCases.randomElement(using: &random) ?? .patient
            let wishes = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                var wish = wish(&random)
                // Its time-out would be waited for.
                if wish.path == "/to/mute" { wish.path = "/pour/3000000" }
                return wish
            }
            let guest = Guest(try world.connect(), mood, wishes)
            guests.append(guest)
            begin(guest, { world.after(turns: $0, $1) }, turns: 40, &random)
        }
        try world.until("all done (seed \(seed))") {
            for guest in guests where !guest.isDone { try look(guest, body) }
            return guests.allSatisfy(\.isDone)
        }
        for guest in guests { guest.peer.close() }
        try world.finish(withinMS: 5_000)
    }

    private func serveAll(_ world: World, _ body: [UInt8], _ seed: UInt64) throws {
        try world.serve("good") { peer in
            peer.onRequest { peer, number, _ in
                peer.send(
                    number % 2 == 0
                        ? Script.length(body) : Script.chunked(body, chunkBytesMax: 900, seed: seed))
            }
        }
        try world.serve("closing") { peer in
            peer.onRequest { peer, _, _ in
                peer.send(Script.untilClose(body))
                peer.finish()
            }
        }
        try world.serve("flaky") { peer in
            peer.onRequest { peer, number, _ in
                switch number % 3 {
                case 1: peer.send(Script.length(body))
                case 2: peer.close(abort: number % 2 == 0)
                default:
                    peer.send(Array(Script.length(body)[0..<5_000]))
                    peer.finish()
                }
            }
        }
        try world.serve("mute") { peer in peer.onRequest { _, _, _ in } }
    }

    private func wish(_ random: inout TestRandom) -> (path: String, body: [UInt8]) {
        let paths = [
            "/echo", "/echo/chunked", "/to/good", "/to/good/lines", "/to/closing", "/to/flaky", "/to/mute",
            "/pour/30000",
            "/nothing", "/deny",
        ]
        return (paths.randomElement(using: &random) ?? "/echo", random.bytes(Int.random(in: 0...3_000, using: &random)))
    }

    /// Plans what a guest does; `later` calls back after so many of the `turns` of the storm.
    private func begin(
        _ guest: Guest, _ later: (Int, @escaping () -> Void) -> Void, turns: Int, _ random: inout TestRandom
    ) {
        guest.peer.isReading = guest.mood != .stalling
        let start = Int.random(in: 0...turns, using: &random)
        later(start) {
            switch guest.mood {
            case .pipelining: for wish in guest.wishes { guest.peer.request(wish.path, body: wish.body) }
            case .garbling: guest.peer.send(Script.pattern(3_000, seed: UInt64(start)))
            case .patient, .hasty, .rude, .stalling:
                guest.peer.request(guest.wishes[0].path, body: guest.wishes[0].body)
            }
        }
        // Leaves in the middle of something.
        if guest.mood == .hasty || guest.mood == .rude {
            later(start + Int.random(in: 0...turns / 8, using: &random)) {
                guest.peer.close(abort: guest.mood == .rude)
            }
        }
        if guest.mood == .stalling { later(start + turns) { guest.peer.isReading = true } }
    }

    private func look(_ guest: Guest, _ body: [UInt8]) throws {
        if guest.mood == .garbling, guest.peer.receivedBytes > 0 { guest.isDone = true }
        if guest.peer.isClosed || guest.peer.hasEnd || guest.peer.fault != 0 {
            guest.isDone = true
            return
        }
        let answers = try guest.peer.answers()
        for (answer, wish) in zip(answers, guest.wishes) where answer.status == 200 && guest.mood != .garbling {
            if wish.path.hasPrefix("/echo") { #expect(answer.body == wish.body) }
            if wish.path.hasPrefix("/to") { #expect(answer.body == body) }
        }
        if answers.count == guest.wishes.count {
            guest.isDone = true
        } else if guest.mood == .patient || guest.mood == .stalling, answers.count > guest.sentCount {
            guest.sentCount = answers.count
            let next = guest.wishes[answers.count]
            guest.peer.request(next.path, body: next.body)
        }
    }
}
