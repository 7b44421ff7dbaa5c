import Testing

@testable import Store

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-02-16T12:00:00Z", 1_771_243_200_000),
        ("2026-02-16t12:00:00.5z", 1_771_243_200_500),
        ("2026-02-16T12:00:00.123456789Z", 1_771_243_200_123),
        ("2026-02-16T13:00:00+01:00", 1_771_243_200_000),
        ("2026-02-16T04:30:00.25-07:30", 1_771_243_200_250),
        ("2026-02-16 12:00:00.789123456 +0000 UTC", 1_771_243_200_789),
        ("2026-02-16 12:00:00 +0000 UTC m=+0.000123", 1_771_243_200_000),
        ("2026-02-16 14:00:00.1 +0200 CEST", 1_771_243_200_100),
        ("2026-02-16 12:00:00", 1_771_243_200_000),
        ("2026-02-16 12:00:00.25", 1_771_243_200_250),
        ("2026-02-16 12:00:00 UTC", 1_771_243_200_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ])
    func readsEverySpelling(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026-02-16", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-02-16T24:00:00Z",
        "2026-02-16T12:00:00Zx", "2026-02-16T12:00:00+1", "2026-02-16T12:00", "2026-2-16T12:00:00Z",
        "2026-02-16T12:00:00 PST", "٢٠٢٦-02-16T12:00:00Z",
    ])
    func refusesWhatIsNoTime(text: String) { #expect(Timestamp(text) == nil) }

    @Test func writesFixedWidthThatReadsBack() {
        for milliseconds: Int64 in [0, 1, 999, 1_771_243_200_123, 951_782_399_999, 253_402_300_799_999, -1] {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(time.description.utf8.count == 24)
            #expect(Timestamp(time.description) == time)
        }
        #expect(noon.description == "2026-02-16T12:00:00.000Z")
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        var previous = Timestamp.date(daysSinceEpoch: -100_001)
        for days in Int64(-100_000)...100_000 {
            let date = Timestamp.date(daysSinceEpoch: days)
            #expect(Timestamp.daysSinceEpoch(date) == days)
            let isNext = date.day == previous.day + 1 || date.day == 1
            if !isNext { Issue.record("\(previous) is followed by \(date)") }
            previous = date
        }
    }

    @Test func monthStartsAtMidnightOfTheFirst() {
        #expect(noon.monthStart.description == "2026-02-01T00:00:00.000Z")
        #expect(Timestamp("2026-01-01T00:00:00Z")?.monthStart.description == "2026-01-01T00:00:00.000Z")
    }
}
