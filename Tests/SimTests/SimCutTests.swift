import Sim
import Testing
import Wire

/// Answers whose bytes are sent in pieces of random sizes.
struct SimCutTests {
    private static let more = "x-sim-tokens: 400\r\n"

    @Test(arguments: [chat(), chat(#","stream":true"#), chat(#","stream":true,"n":2"#)], 1...8)
    func cutsMoveNoByte(body: String, seed: Int) {
        let cut = Played(body, headers: Self.more + "x-sim-cuts: \(seed)\r\n")
        #expect(cut.bytes == Played(body, headers: Self.more).bytes)
        #expect(cut.end == .finished)
    }

    @Test func cutsFallWithinEventsAndLeaveSeveralTogether() {
        let stream = Played(chat(#","stream":true"#), headers: Self.more)
        var borders = Set<Int>()
        for index in stream.bytes.indices.dropFirst(2)
        where stream.bytes[index] == 10 && stream.bytes[index - 2] == 10 { borders.insert(index + 1) }
        let cut = Played(chat(#","stream":true"#), headers: Self.more + "x-sim-cuts: 3\r\n")
        var (start, within, together) = (0, 0, 0)
        for size in cut.sizes {
            if !borders.contains(start) { within += 1 }
            if borders.count(where: { $0 > start && $0 < start + size }) >= 2 { together += 1 }
            start += size
        }
        #expect(within > cut.sizes.count / 2)
        #expect(together > 10)
        #expect(cut.sizes.contains(1))
        #expect((cut.sizes.max() ?? 0) > 1024)
    }

    @Test func cutsArePureFunctionOfTheirSeedAndTheRequests() {
        func sizes(_ headers: String) -> [Int] {
            Played(chat(#","stream":true"#), headers: Self.more + headers).sizes
        }
        #expect(sizes("x-sim-cuts: 1\r\n") == sizes("x-sim-cuts: 1\r\n"))
        #expect(sizes("x-sim-cuts: 1\r\n") != sizes("x-sim-cuts: 2\r\n"))
        #expect(sizes("x-sim-cuts: 1\r\nx-sim-seed: 8\r\n") != sizes("x-sim-cuts: 1\r\nx-sim-seed: 9\r\n"))
    }

    /// A server turns once between two pieces, and waits as long in all as it would without cuts.
    @Test func eachPieceIsSentAlone() {
        let headers = Self.more + "x-sim-gap-us: 30\r\n"
        let cut = Played(chat(#","stream":true"#), headers: headers + "x-sim-cuts: 5\r\n")
        #expect(cut.waits.count(where: { $0 == 0 }) == cut.writeCount)
        #expect(cut.waits.filter { $0 > 0 } == Played(chat(#","stream":true"#), headers: headers).waits)
    }

    @Test(arguments: ["close:3", "reset:3", "stall:3", "cut:3", "error-event:3", "bad-chunk:3", "malformed:2", "503:1"])
    func aFaultStrikesBehindTheSameBytes(fault: String) {
        for body in [chat(), chat(#","stream":true"#)] {
            let whole = Played(body, headers: "x-sim-fault: \(fault)\r\n")
            let cut = Played(body, headers: "x-sim-fault: \(fault)\r\nx-sim-cuts: 1\r\n")
            #expect(cut.bytes == whole.bytes)
            #expect(cut.end == whole.end)
        }
    }
}
