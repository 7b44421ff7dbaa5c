// One `@@tokenhub` directive: what it asks for, and what is wrong with it.

internal import Wire

package struct Directive: Equatable, Sendable {
    package private(set) var policy = CallerPolicy()
    /// A sentence for the caller per thing that is wrong; printable ASCII, so that headers may hold it.
    package private(set) var faults: [[UInt8]] = []
    package private(set) var hasBadSchema = false

    package init() {}

    /// Reads the words of a directive: `key=value`, one per line in a block, else between blanks.
    /// - Parameter said: what stands behind the marker, or between it and `@@end`.
    /// - Source: spec section 9; the ranges are those of `policy`.
    package init(_ said: Span<UInt8>, isBlock: Bool) {
        var from = 0
        while from < said.count {
            if Directive.isBlank(said[from]) {
                from += 1
                continue
            }
            var end = from
            while end < said.count, isBlock ? said[end] != ASCII.lf : !Directive.isBlank(said[end]) { end += 1 }
            // A schema on a line of its own words may hold blanks: it ends where its JSON does.
            let schema = "output_schema="
            if !isBlock, end - from > schema.utf8.count,
                ByteScan.equals(said, from..<from + schema.utf8.count, "output_schema="),
                let stop = try? JSONScan.validateValue(said, from: from + schema.utf8.count)
            {
                end = max(end, stop)
            }
            var stop = end
            while Directive.isBlank(said[stop - 1]) { stop -= 1 }
            take(said.extracting(from..<stop))
            from = end
        }
    }

    /// It asks for something, be it in vain.
    package var saysAnything: Bool { self != Directive() }

    /// The header line that names its faults.
    var warningLine: [UInt8] {
        Array("x-tokenhub-directive-warning: ".utf8) + faults.joined(separator: Array("; ".utf8)) + [13, 10]
    }

    /// Notes that a block has no end; what it asks for is not known then.
    mutating func noteUnended() { note("a block needs an @@end") }

    private mutating func take(_ word: Span<UInt8>) {
        let equals = ByteScan.first(UInt8(ascii: "="), in: word, from: 0)
        var keyEnd = equals
        while keyEnd > 0, Directive.isBlank(word[keyEnd - 1]) { keyEnd -= 1 }
        var start = min(equals + 1, word.count)
        while start < word.count, Directive.isBlank(word[start]) { start += 1 }
        guard equals < word.count, keyEnd > 0 else {
            return note(word, " is not a key=value")
        }
        let (key, value) = (word.extracting(0..<keyEnd), word.extracting(start..<word.count))
        func isKey(_ name: StaticString) -> Bool { ByteScan.equals(key, 0..<key.count, name) }
        if isKey("mode") {
            policy.mode = RoutingMode(value)
            if policy.mode == nil {
                note(
                    "mode must be one of cheap, normal, high_confidence, planning, adversarial, vote, refine, thompson")
            }
        } else if isKey("budget") {
            guard let dollars = Double(String(copying: value)), CallerPolicy.budgetUSD.contains(dollars) else {
                return note("budget must be between 0 and 100")
            }
            policy.limit(toUSD: dollars)
        } else if isKey("latency") {
            guard let limit = Int(String(copying: value)), CallerPolicy.latencyMS.contains(limit) else {
                return note("latency must be between 0 and 300000")
            }
            policy.latencyMSMax = limit
        } else if isKey("min_weight") {
            guard let weight = Int(String(copying: value)), CallerPolicy.weight.contains(weight) else {
                return note("min_weight must be between 0 and 10")
            }
            policy.weightMin = weight
        } else if isKey("strict") {
            let whole = ByteRange(0, value.count)
            guard let flag = JSONScan.bool(value, whole) else { return note("strict must be true or false") }
            policy.isStrict = flag
        } else if isKey("output_schema") {
            guard (try? JSONScan.validate(value)) != nil else {
                hasBadSchema = true
                return note("output_schema must be valid JSON")
            }
            policy.outputSchema = Array(copying: value)
        } else {
            note(key, " is not a key of a directive")
        }
    }

    private mutating func note(_ text: StaticString) { note(Span(), text) }

    /// - Parameter name: the caller's word, of which headers and logs get what is harmless in them.
    private mutating func note(_ name: Span<UInt8>, _ text: StaticString) {
        guard faults.count < Limits.directiveFaultsMax else { return }
        var fault: [UInt8] = []
        for index in 0..<min(name.count, Limits.directiveWordBytesMax) {
            let isHarmless =
                ASCII.isAlphanumeric(name[index]) || [ASCII.hyphen, UInt8(ascii: "_")].contains(name[index])
            fault.append(isHarmless ? name[index] : UInt8(ascii: "?"))
        }
        faults.append(fault + Array(copying: Span.of(text)))
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
