// How long nine of ten answers take.

import Testing

@testable import Gateway

@Suite struct FadingTimesTests {
    @Test(arguments: [1_000, 7_999_999, 8_000_000, 300_000_000, 5_000_000_000, 80_000_000_000] as [UInt64])
    func aTimeIsKnownWithinAFactorOfTheRootOfTwo(nanoseconds: UInt64) throws {
        var times = FadingTimes()
        for _ in 0..<10 { times.add(nanoseconds) }
        let found = Double(try #require(times.below(0.9)))
        let time = Double(nanoseconds)
        #expect(found <= max(time, 8_000_000) * 1.42 && (found >= time / 1.42 || time < 8_000_000), "\(found)")
    }

    @Test func theShareIsCounted() throws {
        var times = FadingTimes()
        for index in 1...1000 { times.add(UInt64(index) * 1_000_000) }
        let tenths = try (1...9).map { Double(try #require(times.below(Double($0) / 10))) / 1e8 }
        for (index, found) in tenths.enumerated() { #expect(abs(found - Double(index + 1)) < 0.25, "\(tenths)") }
    }

    @Test func fewTimesSayNothingAndOldOnesCountLess() throws {
        var times = FadingTimes()
        for _ in 0..<9 { times.add(100_000_000) }
        #expect(times.below(0.9) == nil)
        for _ in 0..<91 { times.add(100_000_000) }
        times.fade(0.05)
        #expect(times.below(0.9) == nil)
        for _ in 0..<20 { times.add(1_000_000_000) }
        #expect(try #require(times.below(0.5)) > 500_000_000)
    }

    @Test func timesOfTwoCoresAddUp() throws {
        var (a, b, all) = (FadingTimes(), FadingTimes(), FadingTimes())
        for index in 1...100 {
            let time = UInt64(index) * 7_000_000
            if index % 3 == 0 { a.add(time) } else { b.add(time) }
            all.add(time)
        }
        a.add(b)
        #expect(a == all)
        #expect(a.below(0.9) == all.below(0.9))
    }

    @Test func boundsStayBounds() {
        var times = FadingTimes()
        for time in [0, 1, UInt64.max] { for _ in 0..<10 { times.add(time) } }
        #expect(times.below(0).map { $0 <= 8_000_000 } ?? false)
        #expect(times.below(1).map { $0 > 60_000_000_000 && $0 < 100_000_000_000 } ?? false)
    }
}
