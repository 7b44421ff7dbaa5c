// Finds bytes in a span, sixteen at a time. The only place of the module that reads without a bounds check.

import Glibc

// Fence: reads inside spans. Each function takes offsets that it checks or clamps once, then reads only below `count`.
//
// The comparisons of SIMD16<UInt8> compile to loops over lanes in Swift 6.3, its wrapping arithmetic to single instructions.
// So a wanted byte is marked in the high bit of its lane by subtraction: `(x ^ c) &- 1` has it when x == c, `x &- 0x20` when
// x < 0x20, both for x < 0x80 (measured: 1.5 ns for 16 bytes against 30 ns with `.==`).
public enum ByteScan {
    typealias Block = SIMD16<UInt8>

    /// The byte at `index`; 0 outside of the span, a value no grammar here accepts.
    @inline(__always)
    public static func byte(_ bytes: Span<UInt8>, _ index: Int) -> UInt8 {
        // SAFETY: read only when 0 <= index < count, which one unsigned comparison tells.
        UInt(bitPattern: index) < UInt(bitPattern: bytes.count) ? unsafe bytes[unchecked: index] : 0
    }

    /// Eight bytes from `index` on, the first in the lowest byte. Bytes outside of the span read as 0.
    @inline(__always)
    public static func word(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        if index >= 0, index <= bytes.count &- 8 {
            // SAFETY: index + 8 <= count.
            return unsafe bytes.withUnsafeBytes {
                UInt64(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            }
        }
        return wordAtEnd(bytes, index)
    }

    @inline(never)
    private static func wordAtEnd(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        var word: UInt64 = 0
        for lane in 0..<8 { word |= UInt64(byte(bytes, index &+ lane)) &<< UInt64(lane &* 8) }
        return word
    }

    /// Up to eight bytes of a literal as a word, for comparison with `word(_:_:)`. A constant once optimised.
    @inline(__always)
    static func word(_ text: StaticString) -> UInt64 {
        precondition(text.utf8CodeUnitCount <= 8)
        var word: UInt64 = 0
        var index = text.utf8CodeUnitCount &- 1
        while index >= 0 {
            // SAFETY: 0 <= index < utf8CodeUnitCount, and a static string's bytes live as long as the program.
            word = word &<< 8 | UInt64(unsafe text.utf8Start[index])
            index &-= 1
        }
        return word
    }

    /// Whether the bytes of `range` are those of `text`.
    public static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.count == count, range.lowerBound >= 0, range.upperBound <= bytes.count else { return false }
        if count == 0 { return true }
        // SAFETY: `count` bytes from lowerBound on lie in the span; the literal has as many.
        return unsafe bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return false }
            return unsafe memcmp(base + range.lowerBound, text.utf8Start, count) == 0
        }
    }

    /// Whether the bytes of two ranges of one span are the same.
    static func equals(_ bytes: Span<UInt8>, _ one: ByteRange, _ other: ByteRange) -> Bool {
        guard one.count == other.count, one.start >= 0, other.start >= 0 else { return false }
        guard one.end <= bytes.count, other.end <= bytes.count else { return false }
        if one.isEmpty { return true }
        // SAFETY: both ranges were just checked to lie in the span and to be of one length.
        return unsafe bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return false }
            return unsafe memcmp(base + Int(one.start), base + Int(other.start), one.count) == 0
        }
    }

    /// Whether `count` bytes of one span are those of another.
    public static func equals(
        _ bytes: Span<UInt8>, from: Int, _ others: Span<UInt8>, from other: Int, count: Int
    ) -> Bool {
        guard from >= 0, other >= 0, count >= 0, from <= bytes.count &- count, other <= others.count &- count else {
            return false
        }
        if count == 0 { return true }
        // SAFETY: `count` bytes behind both offsets were just checked to lie in their spans.
        return unsafe bytes.withUnsafeBytes { one in
            unsafe others.withUnsafeBytes { two in
                guard let base = one.baseAddress, let otherBase = two.baseAddress else { return false }
                return unsafe memcmp(base + from, otherBase + other, count) == 0
            }
        }
    }

    /// One byte of a literal; 0 outside of it.
    @inline(__always)
    static func byte(_ text: StaticString, _ index: Int) -> UInt8 {
        guard index >= 0, index < text.utf8CodeUnitCount else { return 0 }
        // SAFETY: 0 <= index < utf8CodeUnitCount.
        return unsafe text.utf8Start[index]
    }

    /// The first offset in `from..<count` whose byte is marked, else `count`.
    /// - Parameter mark16: sets the high bit of each lane that is wanted and clears all others.
    @inline(__always)
    private static func first(
        _ bytes: Span<UInt8>, from: Int, mark16: (Block) -> Block, isWanted: (UInt8) -> Bool
    ) -> Int {
        let count = bytes.count
        var index = from
        precondition(index >= 0)
        while index <= count &- 16 {
            // SAFETY: 0 <= index and index + 16 <= count.
            let block = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: index, as: Block.self) }
            let marks = mark16(block) & Block(repeating: 0x80)
            // SAFETY: both types are 16 plain bytes.
            let halves = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self)
            let low = UInt64(littleEndian: halves.x)
            let high = UInt64(littleEndian: halves.y)
            if low | high != 0 {
                if low != 0 { return index &+ low.trailingZeroBitCount &>> 3 }
                return index &+ 8 &+ high.trailingZeroBitCount &>> 3
            }
            index &+= 16
        }
        // SAFETY: 0 <= index < count.
        while index < count, !isWanted(unsafe bytes[unchecked: index]) { index &+= 1 }
        return index
    }

    @inline(__always)
    private static func equal(_ block: Block, _ byte: UInt8) -> Block {
        (block ^ Block(repeating: byte)) &- Block(repeating: 1)
    }

    /// The first `byte` (below 0x80) at or after `from`, else `count`.
    public static func first(_ byte: UInt8, in bytes: Span<UInt8>, from: Int) -> Int {
        first(bytes, from: from, mark16: { equal($0, byte) & ~$0 }, isWanted: { $0 == byte })
    }

    /// The first CR or LF at or after `from`, else `count`.
    public static func lineStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        first(
            bytes, from: from, mark16: { (equal($0, ASCII.cr) | equal($0, ASCII.lf)) & ~$0 },
            isWanted: { $0 == ASCII.cr || $0 == ASCII.lf })
    }

    /// The first control byte other than HTAB at or after `from`, else `count`: where a field line ends.
    public static func controlStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        var index = from
        while true {
            index = first(
                bytes, from: index, mark16: { (($0 &- Block(repeating: 0x20)) | equal($0, 0x7F)) & ~$0 },
                isWanted: { $0 < 0x20 || $0 == 0x7F })
            if byte(bytes, index) != ASCII.tab { return index }
            index &+= 1
        }
    }

    /// The first byte at or after `from` that is no letter, digit or `-`, else `count`.
    public static func nameStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        first(
            bytes, from: from,
            mark16: { block in
                let folded: Block = block | Block(repeating: 0x20)
                let letter: Block = (folded &+ Block(repeating: 0x1F)) & ~(folded &+ Block(repeating: 0x05))
                let digit: Block = (block &+ Block(repeating: 0x50)) & ~(block &+ Block(repeating: 0x46))
                let known: Block = letter | digit | equal(block, ASCII.hyphen)
                return ~known | block
            },
            isWanted: { !ASCII.isAlphanumeric($0) && $0 != ASCII.hyphen })
    }

    /// The first byte at or after `from` that is no letter, digit, `-`, `.` or `/`, else `count`.
    static func pathStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        first(
            bytes, from: from,
            mark16: { block in
                let folded: Block = block | Block(repeating: 0x20)
                let letter: Block = (folded &+ Block(repeating: 0x1F)) & ~(folded &+ Block(repeating: 0x05))
                // The thirteen bytes from `-` to `9` stand in a row.
                let rest: Block = (block &+ Block(repeating: 0x53)) & ~(block &+ Block(repeating: 0x46))
                return ~(letter | rest) | block
            },
            isWanted: { !ASCII.isAlphanumeric($0) && !(0x2D...0x2F).contains($0) })
    }

    /// The first byte at or after `from` that a JSON string cannot simply pass: a quote, a backslash, a control byte or one of
    /// UTF-8 beyond ASCII; else `count`.
    @inline(__always)
    static func stringStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        first(
            bytes, from: from,
            mark16: { block in
                let ends: Block = equal(block, ASCII.quote) | equal(block, ASCII.backslash)
                return ends | (block &- Block(repeating: 0x20)) | block
            },
            isWanted: { $0 == ASCII.quote || $0 == ASCII.backslash || $0 < 0x20 || $0 >= 0x80 })
    }
}
