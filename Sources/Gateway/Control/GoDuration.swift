// Durations as the original's clients write them: `720h`, `1h30m`, `1.5h`, `90s`.

enum GoDuration {
    /// Whole milliseconds; `nil` for another grammar, a sign, or more than `ControlLimits.termDaysMax`.
    static func milliseconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = Array(text.utf8)[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
            rest = rest.dropFirst(digits.count)
            let unit = String(decoding: rest.prefix { !(0x30...0x39).contains($0) && $0 != 0x2E }, as: UTF8.self)
            rest = rest.dropFirst(unit.utf8.count)
            guard digits.contains(where: { $0 != 0x2E }), let number = Double(String(decoding: digits, as: UTF8.self)),
                let scale = scale(unit)
            else { return nil }
            total += number * scale
        }
        guard total <= Double(ControlLimits.termDaysMax) * 86_400_000 else { return nil }
        return Int64(total.rounded())
    }

    private static func scale(_ unit: String) -> Double? {
        switch unit {
        case "h": 3_600_000
        case "m": 60_000
        case "s": 1000
        case "ms": 1
        case "us", "µs", "μs": 0.001
        case "ns": 0.000_001
        default: nil
        }
    }
}
