// Points in time, read in the three spellings that databases of TokenHub hold and written in one.

/// Milliseconds since 1 January 1970 UTC, leap seconds not counted.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package func advanced(byMS distance: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + distance) }

    package static let millisecondsPerDay: Int64 = 86_400_000

    /// A day of the Gregorian calendar, extended backwards without a gap.
    package struct Day: Sendable, Equatable {
        package var year: Int
        package var month: Int
        package var day: Int
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days since 1970 from a date.
    static func daysSinceEpoch(_ date: Day) -> Int64 {
        let year = Int64(date.month <= 2 ? date.year - 1 : date.year)
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let monthFromMarch = Int64((date.month + 9) % 12)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(date.day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse, from the same source.
    static func date(daysSinceEpoch: Int64) -> Day {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return Day(year: Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month: month, day: day)
    }

    private var split: (days: Int64, rest: Int64) {
        let rest = milliseconds % Timestamp.millisecondsPerDay
        let positive = rest >= 0 ? rest : rest + Timestamp.millisecondsPerDay
        return ((milliseconds - positive) / Timestamp.millisecondsPerDay, positive)
    }

    package var day: Day { Timestamp.date(daysSinceEpoch: split.days) }

    /// Midnight UTC on the first of this month.
    package var monthStart: Timestamp {
        var first = day
        first.day = 1
        return Timestamp(milliseconds: Timestamp.daysSinceEpoch(first) * Timestamp.millisecondsPerDay)
    }
}

extension Timestamp: CustomStringConvertible {
    /// `2026-02-16T12:34:56.789Z`: RFC 3339 of fixed width, so that text and time sort alike.
    package var description: String {
        let (days, rest) = split
        let date = Timestamp.date(daysSinceEpoch: days)
        let ofDay = Int(rest)
        var text = Timestamp.blank
        Timestamp.write(max(0, date.year) % 10_000, digits: 4, to: &text, at: 0)
        Timestamp.write(date.month, digits: 2, to: &text, at: 5)
        Timestamp.write(date.day, digits: 2, to: &text, at: 8)
        Timestamp.write(ofDay / 3_600_000, digits: 2, to: &text, at: 11)
        Timestamp.write(ofDay / 60_000 % 60, digits: 2, to: &text, at: 14)
        Timestamp.write(ofDay / 1000 % 60, digits: 2, to: &text, at: 17)
        Timestamp.write(ofDay % 1000, digits: 3, to: &text, at: 20)
        return String(decoding: text, as: UTF8.self)
    }

    private static let blank = Array("0000-00-00T00:00:00.000Z".utf8)

    private static func write(_ value: Int, digits: Int, to text: inout [UInt8], at start: Int) {
        var rest = value
        var index = start + digits
        while index > start {
            index -= 1
            text[index] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension Timestamp {
    /// Reads RFC 3339, `YYYY-MM-DD HH:MM:SS[.fraction]` (UTC) and Go's `… 12:34:56.789 +0000 UTC`. Digits beyond
    /// milliseconds are cut. `nil` for anything else.
    package init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.take(0x2D), let month = reader.number(digits: 2),
            reader.take(0x2D), let day = reader.number(digits: 2),
            (1...12).contains(month), (1...31).contains(day),
            reader.take(0x54) || reader.take(0x74) || reader.take(0x20),
            let hour = reader.number(digits: 2), reader.take(0x3A), let minute = reader.number(digits: 2),
            reader.take(0x3A), let second = reader.number(digits: 2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let date = Day(year: year, month: month, day: day)
        let days = Timestamp.daysSinceEpoch(date)
        // 30 February is somebody's mistake, not 2 March.
        guard Timestamp.date(daysSinceEpoch: days) == date else { return nil }
        let fraction = reader.fractionMS()
        guard let offsetMinutes = reader.zoneMinutes() else { return nil }
        let ofDay = Int64(hour * 3600 + minute * 60 + second) * 1000 + Int64(fraction)
        milliseconds = days * Timestamp.millisecondsPerDay + ofDay - Int64(offsetMinutes) * 60_000
    }

    private struct Reader {
        let bytes: [UInt8]
        var next = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next < bytes.count, bytes[next] == byte else { return false }
            next += 1
            return true
        }

        mutating func number(digits: Int) -> Int? {
            guard next + digits <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[next..<next + digits] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            next += digits
            return value
        }

        mutating func fractionMS() -> Int {
            guard take(0x2E) || take(0x2C) else { return 0 }
            var (value, scale) = (0, 100)
            while next < bytes.count, (0x30...0x39).contains(bytes[next]) {
                value += Int(bytes[next] - 0x30) * scale
                scale /= 10
                next += 1
            }
            return value
        }

        /// Minutes east of Greenwich. Nothing means UTC; behind Go's `+0000` stands a name, which says nothing new.
        mutating func zoneMinutes() -> Int? {
            _ = take(0x20)
            if next == bytes.count { return 0 }
            if take(0x5A) || take(0x7A) { return next == bytes.count ? 0 : nil }
            if bytes[next...].elementsEqual("UTC".utf8) { return 0 }
            let sign: Int
            if take(0x2B) { sign = 1 } else if take(0x2D) { sign = -1 } else { return nil }
            guard let hours = number(digits: 2) else { return nil }
            _ = take(0x3A)
            guard let minutes = number(digits: 2), hours < 24, minutes < 60 else { return nil }
            guard next == bytes.count || bytes[next] == 0x20 else { return nil }
            return sign * (hours * 60 + minutes)
        }
    }
}
