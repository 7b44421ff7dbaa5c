import Adapters
import Testing

struct RetryAfterTests {
    /// 1994-11-06 08:49:37 UTC, the date of RFC 9110's examples.
    static let example: Int64 = 784_111_777

    static func wait(_ seconds: String, _ milliseconds: String = "", now: Int64 = example - 10) -> Int64? {
        RetryAfter.nanoseconds(seconds: bytes(seconds).span, milliseconds: bytes(milliseconds).span, now: now)
    }

    @Test(
        arguments: [
            ("7", 7_000_000_000), ("0", 0), ("1.5", 1_500_000_000), ("0.000000001", 1), ("0.9999999999", 999_999_999),
            ("2.", 2_000_000_000), ("3600", 3_600_000_000_000), ("3601", 3_600_000_000_000),
            ("99999999999999999999999999999999", 3_600_000_000_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 10_000_000_000), ("Sunday, 06-Nov-94 08:49:37 GMT", 10_000_000_000),
            ("Sun Nov  6 08:49:37 1994", 10_000_000_000), ("Sun, 06 Nov 1994 08:49:20 GMT", 0),
            ("Mon, 06 Nov 1995 08:49:37 GMT", 3_600_000_000_000),
        ] as [(String, Int64)])
    func secondsAndDatesAreRead(text: String, nanoseconds: Int64) {
        #expect(Self.wait(text) == nanoseconds)
    }

    @Test(arguments: [
        "", " ", "-1", "1,5", "1.5.1", "1e3", "abc", ".5", "7 s", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Abc 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08-49-37 GMT", ",", "Sun, ",
        "Sun Nov 36 08:49:37 19",
    ])
    func whatIsNeitherIsIgnored(text: String) {
        #expect(Self.wait(text) == nil)
    }

    @Test func millisecondsGoFirst() {
        #expect(Self.wait("7", "250") == 250_000_000)
        #expect(Self.wait("7", "0.5") == 500_000)
        #expect(Self.wait("7", "soon") == 7_000_000_000)
        #expect(Self.wait("", "1500") == 1_500_000_000)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
            ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799), ("Sat, 01 Jan 2000 00:00:00 GMT", 946_684_800),
            ("Tue, 01 Mar 2100 00:00:00 GMT", 4_107_542_400), ("Sun, 06 Nov 1994 08:49:37 GMT", example),
            ("Saturday, 01-Jan-00 00:00:00 GMT", 946_684_800),
        ] as [(String, Int64)])
    func datesAreCountedFromTheEpoch(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(bytes(text).span) == seconds)
    }

    @Test func aDateCutAnywhereIsNoDate() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            let whole = bytes(text)
            for end in 0..<whole.count { #expect(HTTPDate.seconds(whole.span.extracting(0..<end)) == nil) }
        }
    }
}
