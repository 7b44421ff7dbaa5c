// Seconds since 1970 as date and time in UTC.

internal import Wire

struct CalendarTime: Equatable {
    let year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int

    /// The proleptic Gregorian calendar; days are counted from 1 March of year 0, so that a leap day ends its year.
    init(secondsSince1970 seconds: Int64) {
        let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let rest = Int(seconds) - days * 86_400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-11-21T09:05:07`
    func write(into out: inout ByteBuffer) {
        out.append(decimal: year)
        CalendarTime.two(month, behind: "-", into: &out)
        CalendarTime.two(day, behind: "-", into: &out)
        CalendarTime.two(hour, behind: "T", into: &out)
        CalendarTime.two(minute, behind: ":", into: &out)
        CalendarTime.two(second, behind: ":", into: &out)
    }

    private static func two(_ value: Int, behind separator: StaticString, into out: inout ByteBuffer) {
        out.append(separator)
        out.append(decimal: value, width: 2)
    }
}
