// When a provider says it may be asked again.

package import Wire

/// Reads `retry-after-ms` and `Retry-After` as the OpenAI SDKs do: milliseconds first, then seconds, then a date.
package enum RetryAfter {
    /// Reads the two fields from an answer's head.
    package static func nanoseconds(
        in fields: borrowing HeaderFields, head: Span<UInt8>, now: Int64
    ) -> Int64? {
        // Most answers have neither.
        let seconds = fields.first(.retryAfter) ?? .none
        let milliseconds = fields.first(.retryAfterMS) ?? .none
        if seconds.isEmpty, milliseconds.isEmpty { return nil }
        return nanoseconds(
            seconds: head.extracting(seconds), milliseconds: head.extracting(milliseconds), now: now)
    }

    /// Nanoseconds to wait, 0...`Limits.retryAfterSecondsMax` seconds; `nil` when neither can be read; an empty
    /// span stands for an absent field.
    /// - Parameter now: seconds since 1970, for the date forms.
    package static func nanoseconds(
        seconds: Span<UInt8>, milliseconds: Span<UInt8>, now: Int64
    ) -> Int64? {
        if let wait = decimal(milliseconds, unit: 1_000_000) { return wait }
        if let wait = decimal(seconds, unit: 1_000_000_000) { return wait }
        guard let date = HTTPDate.seconds(seconds) else { return nil }
        return min(max(0, date - now), Limits.retryAfterSecondsMax) * 1_000_000_000
    }

    /// Reads `1*DIGIT [ "." *DIGIT ]` times `unit` nanoseconds, exactly to the nanosecond.
    private static func decimal(_ bytes: Span<UInt8>, unit: Int64) -> Int64? {
        let most = Limits.retryAfterSecondsMax * 1_000_000_000
        var whole: Int64 = 0
        var index = 0
        while index < bytes.count, ASCII.isDigit(bytes[index]) {
            // Cut on the way, so that a line of nines cannot overflow.
            whole = min(whole * 10 + Int64(bytes[index] & 15), most)
            index += 1
        }
        if index == 0 { return nil }
        var total = min(whole, most / unit) * unit
        if index < bytes.count {
            guard bytes[index] == ASCII.dot else { return nil }
            index += 1
            var place = unit
            while index < bytes.count {
                guard ASCII.isDigit(bytes[index]) else { return nil }
                place /= 10
                total += Int64(bytes[index] & 15) * place
                index += 1
            }
        }
        return min(total, most)
    }
}
