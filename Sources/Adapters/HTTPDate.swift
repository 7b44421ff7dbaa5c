// Dates as HTTP writes them.

import Wire

/// Reads the three date forms of RFC 9110 section 5.6.7, all of them in GMT.
package enum HTTPDate {
    /// Seconds since 1970; `nil` when the bytes are no such date. The name of the weekday is not checked.
    ///
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    package static func seconds(_ bytes: Span<UInt8>) -> Int64? {
        let comma = ByteScan.first(ASCII.comma, in: bytes, from: 0)
        if comma == bytes.count { return ansiDate(bytes) }
        let at = comma + 2
        guard ByteScan.byte(bytes, comma + 1) == ASCII.space, let day = number(bytes, at, 2),
            let month = month(bytes, at + 3)
        else { return nil }
        let separator = ByteScan.byte(bytes, at + 2)
        guard separator == ByteScan.byte(bytes, at + 6) else { return nil }
        if separator == ASCII.space {
            guard let year = number(bytes, at + 7, 4), let time = time(bytes, at + 12) else { return nil }
            guard bytes.count == at + 24, ByteScan.equals(bytes, (at + 20)..<(at + 24), " GMT") else { return nil }
            return seconds(year: year, month: month, day: day, time: time)
        }
        guard separator == ASCII.hyphen, let short = number(bytes, at + 7, 2), let time = time(bytes, at + 10),
            bytes.count == at + 22, ByteScan.equals(bytes, (at + 18)..<(at + 22), " GMT")
        else { return nil }
        // Two digits of a year: RFC 9110 takes what seems more than 50 years ahead for the past.
        return seconds(year: short < 76 ? 2000 + short : 1900 + short, month: month, day: day, time: time)
    }

    private static func ansiDate(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count == 24, let month = month(bytes, 4), let time = time(bytes, 11),
            let year = number(bytes, 20, 4)
        else { return nil }
        let day = bytes[8] == ASCII.space ? number(bytes, 9, 1) : number(bytes, 8, 2)
        guard let day, bytes[3] == ASCII.space, bytes[7] == ASCII.space, bytes[10] == ASCII.space,
            bytes[19] == ASCII.space
        else { return nil }
        return seconds(year: year, month: month, day: day, time: time)
    }

    /// Days from the civil calendar by counting years from March, so that the leap day comes last.
    private static func seconds(year: Int, month: Int, day: Int, time: Int) -> Int64? {
        guard (1970...9999).contains(year), (1...31).contains(day) else { return nil }
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400 + Int64(time)
    }

    /// Reads `hh:mm:ss`; a leap second counts as the one before the next minute.
    private static func time(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
        guard let hour = number(bytes, at, 2), let minute = number(bytes, at + 3, 2),
            let second = number(bytes, at + 6, 2), hour < 24, minute < 60, second < 61,
            ByteScan.byte(bytes, at + 2) == ASCII.colon, ByteScan.byte(bytes, at + 5) == ASCII.colon
        else { return nil }
        return hour * 3600 + minute * 60 + min(second, 59)
    }

    private static func month(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
        guard at >= 0, at + 3 <= bytes.count else { return nil }
        for (index, name) in months.enumerated() where ByteScan.equals(bytes, at..<(at + 3), name) { return index + 1 }
        return nil
    }

    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ bytes: Span<UInt8>, _ at: Int, _ digits: Int) -> Int? {
        guard at >= 0, at + digits <= bytes.count else { return nil }
        return ASCII.decimal(bytes, at..<(at + digits))
    }
}
