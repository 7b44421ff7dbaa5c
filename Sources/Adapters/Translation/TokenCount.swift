// How many tokens a text will be, before a provider has counted it.

import Wire

/// Adds up what a real tokeniser would make of texts, in one pass over the bytes as they stand in JSON.
///
/// A machine walks through words, numbers, punctuation, indentation and scripts; each of its steps has a weight, fitted to
/// OpenAI's `o200k_base` (Tests/Tokens/fit.py). How far off it is: Benchmarks/Results/TOKENS.md.
struct TokenCount: Equatable, Sendable {
    /// Parts of a token that the sum counts in.
    private static let unit = 1024
    private var sum = 0
    /// Bytes of the texts so far.
    private var seenBytes = 0

    /// Whole tokens, rounded up.
    var tokens: Int { (sum + TokenCount.unit - 1) / TokenCount.unit }

    /// - Parameter raw: a text as written: the inside of a JSON string, or any JSON.
    /// - Cost: 1.5 ns a byte of a short prompt; of a long one an eighth is counted, and stands for the rest.
    mutating func add(_ raw: Span<UInt8>) {
        seenBytes &+= raw.count
        if seenBytes <= Limits.countedBytesMax { return count(raw) }
        let before = sum
        let block = min(max(raw.count / 8, 128), 1024)
        var (start, countedBytes) = (0, 0)
        while start < raw.count {
            let end = min(start &+ block, raw.count)
            count(raw.extracting(start..<end))
            countedBytes &+= end &- start
            start &+= 8 &* block
        }
        if countedBytes > 0 { sum = before &+ (sum &- before) &* raw.count / countedBytes }
    }

    /// Each step waits for the one before, so that two are taken at once where no escape is near.
    private mutating func count(_ raw: Span<UInt8>) {
        let tables = TokenCount.tables
        let (kinds, steps, pairs) = (tables.kinds.span, tables.steps.span, tables.pairs.span)
        // Known once, not checked for each byte.
        precondition(kinds.count == 256)
        var (state, sum, index) = (0, self.sum, 0)
        while index < raw.count {
            var rest = ByteScan.word(raw, index)
            let left = raw.count &- index
            if TokenCount.hasBackslash(rest) {
                var byte = UInt8(truncatingIfNeeded: rest)
                index &+= 1
                if byte == ASCII.backslash { byte = TokenCount.unescaped(raw, &index) }
                let step = steps[state | Int(kinds[Int(byte)])]
                state = Int(step & 0xFFFF)
                sum &+= Int(step &>> 16)
            } else if left >= 8 {
                for _ in 0..<4 {
                    let (one, two) = (Int(rest & 0xFF), Int(rest &>> 8 & 0xFF))
                    let step = pairs[state &<< 4 | Int(kinds[one]) &<< 4 | Int(kinds[two])]
                    state = Int(step & 0xFFFF)
                    sum &+= Int(step &>> 16)
                    rest &>>= 16
                }
                index &+= 8
            } else {
                for _ in 0..<left {
                    let step = steps[state | Int(kinds[Int(rest & 0xFF)])]
                    state = Int(step & 0xFFFF)
                    sum &+= Int(step &>> 16)
                    rest &>>= 8
                }
                break
            }
        }
        self.sum = sum
    }

    @inline(__always)
    private static func hasBackslash(_ word: UInt64) -> Bool {
        let others = word ^ 0x5C5C_5C5C_5C5C_5C5C
        return (others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080 != 0
    }

    /// The character of an escape, or the first byte of it in UTF-8, which tells its script.
    /// - Parameter index: behind the backslash; then behind the escape.
    private static func unescaped(_ raw: Span<UInt8>, _ index: inout Int) -> UInt8 {
        let escape = ByteScan.byte(raw, index)
        index &+= 1
        switch escape {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): return ASCII.lf
        case UInt8(ascii: "u"): break
        default: return ASCII.quote
        }
        var code: UInt32 = 0
        for place in 0..<4 { code = code &<< 4 | UInt32(ASCII.hexValue(ByteScan.byte(raw, index &+ place)) & 15) }
        index &+= 4
        switch code {
        case 0..<0x80: return UInt8(code)
        case 0x80..<0x800: return 0xC0 | UInt8(code &>> 6)
        // The second half of a pair adds nothing to the first.
        case 0xD800..<0xDC00: return 0xF0
        case 0xDC00..<0xE000: return 0x80
        default: return 0xE0 | UInt8(code &>> 12)
        }
    }

    /// Together, so that they are looked up once.
    private struct Tables: Sendable {
        let kinds: [UInt8]
        /// For each state, sixteen times its number, and each kind of byte: the next state, and sixteen bits higher the weight.
        let steps: [UInt32]
        /// The same for two bytes on.
        let pairs: [UInt32]

        init() {
            kinds = (0...255).map { Kind($0).rawValue }
            let steps = (0..<State.count).flatMap { state in
                (0..<Kind.count).map { kind -> UInt32 in
                    guard let kind = Kind(rawValue: UInt8(kind)) else { return 0 }
                    let (next, weight) = State(rawValue: state).step(kind)
                    return UInt32(next.rawValue * Kind.count) | weight &<< 16
                }
            }
            self.steps = steps
            pairs = (0..<State.count * Kind.count).flatMap { place in
                (0..<Kind.count).map { kind in
                    let next = steps[Int(steps[place] & 0xFFFF) | kind]
                    return next &+ steps[place] & 0xFFFF_0000
                }
            }
        }
    }

    private static let tables = Tables()

    /// What a byte begins or goes on with.
    private enum Kind: UInt8 {
        case lower, upper, digit, space, newline, punctuation
        case latin, cyrillic, arabic, indic, han, kana, hangul, sign, other
        /// A byte of UTF-8 that is not the first of its character.
        case rest

        static let count = 16

        init(_ byte: Int) {
            self =
                switch byte {
                case 0x61...0x7A: .lower
                case 0x41...0x5A: .upper
                case 0x30...0x39: .digit
                case 0x20: .space
                case 0x09, 0x0A, 0x0D: .newline
                case 0..<0x80: .punctuation
                case 0x80..<0xC0: .rest
                case 0xC0..<0xCE: .latin
                case 0xD0...0xD4: .cyrillic
                case 0xD8...0xDB: .arabic
                case 0xE0: .indic
                case 0xE2: .sign
                case 0xE3: .kana
                case 0xE4...0xE9: .han
                case 0xEA...0xED: .hangul
                default: .other
                }
        }
    }

    /// Where in a text the machine is: behind the how manyth character of what.
    private struct State: RawRepresentable {
        let rawValue: Int

        static let start = State(rawValue: 0)
        /// One to nine letters, the last a small one.
        static let word = 1...9
        /// One capital; more.
        static let upper = 10...11
        static let digits = 12...14
        static let spaces = 15...16
        static let newlines = 17...18
        static let punctuation = 19...20
        static let cyrillic = 21...25
        static let arabic = 26...27
        static let indic = 28...29
        static let han = State(rawValue: 30)
        static let other = State(rawValue: 31)
        static let count = 32

        /// What follows, and what that costs in parts of a token.
        func step(_ kind: Kind) -> (State, UInt32) {
            switch kind {
            case .rest: (self, 0)
            case .lower:
                if State.word.contains(rawValue) {
                    (State(rawValue: min(rawValue + 1, 9)), rawValue < 4 ? 108 : rawValue < 8 ? 18 : 294)
                } else if State.upper.contains(rawValue) {
                    (State(rawValue: 2), rawValue == 10 ? 108 : 928)
                } else {
                    (State(rawValue: 1), isSpace ? 702 : isPunctuation ? 437 : 665)
                }
            case .upper:
                if State.upper.contains(rawValue) {
                    (State(rawValue: 11), 5)
                } else {
                    (State(rawValue: 10), State.word.contains(rawValue) ? 210 : isSpace ? 1199 : 917)
                }
            case .digit:
                if rawValue == 12 || rawValue == 13 {
                    (State(rawValue: rawValue + 1), 0)
                } else {
                    (State(rawValue: 12), isSpace ? 1717 : 1553)
                }
            // One space belongs to the word behind it.
            case .space: next(in: State.spaces, first: 0, second: 708, others: 0)
            case .newline: next(in: State.newlines, first: isPunctuation ? 0 : 1167, second: 632, others: 632)
            case .punctuation: next(in: State.punctuation, first: isSpace ? 1302 : 791, second: 218, others: 218)
            case .latin:
                (State(rawValue: 4), rawValue >= 1 && rawValue <= 11 ? 856 : 1710)
            case .cyrillic:
                next(in: State.cyrillic, first: isSpace ? 1115 : 1883, second: 206, others: rawValue < 24 ? 206 : 6)
            case .arabic: next(in: State.arabic, first: isSpace ? 664 : 1093, second: 287, others: 287)
            case .indic: next(in: State.indic, first: isSpace ? 125 : 120, second: 515, others: 515)
            case .han: (.han, rawValue == State.han.rawValue ? 782 : 540)
            case .kana: (.han, 694)
            case .hangul: (.han, 748)
            case .sign: (.other, 770)
            case .other: (.other, 1086)
            }
        }

        private var isSpace: Bool { State.spaces.contains(rawValue) }
        private var isPunctuation: Bool { State.punctuation.contains(rawValue) }

        /// One further in a row of states, of which the last goes on for ever.
        private func next(
            in row: ClosedRange<Int>, first: UInt32, second: UInt32, others: UInt32
        ) -> (State, UInt32) {
            guard row.contains(rawValue) else { return (State(rawValue: row.lowerBound), first) }
            let place = rawValue - row.lowerBound
            return (State(rawValue: min(rawValue + 1, row.upperBound)), place == 0 ? second : others)
        }
    }
}
