import Testing

@testable import load

struct HistogramTests {
    @Test func percentilesAreRightWithinOnePercent() {
        var histogram = Histogram()
        for value in 1...100_000 as ClosedRange<UInt64> { histogram.record(value * 1000) }
        for fraction in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = fraction * 100_000_000
            let found = Double(histogram.percentile(fraction))
            #expect((found - exact).magnitude <= exact * 0.01, "\(fraction): \(found) for \(exact)")
        }
        #expect(histogram.percentile(1) == 100_000_000)
        #expect(histogram.max == 100_000_000)
        #expect(histogram.mean == 50_000_500)
    }

    @Test func smallAndHugeValuesHaveAPlace() {
        var histogram = Histogram()
        histogram.record(0)
        histogram.record(.max)
        #expect(histogram.count == 2)
        #expect(histogram.percentile(0.5) == 0)
        #expect(histogram.max == .max)
    }

    @Test func nothingRecordedIsNothing() {
        #expect(Histogram().percentile(0.99) == 0)
    }
}
