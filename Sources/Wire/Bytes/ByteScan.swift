// Finds bytes in a span, sixteen at a time. The only place of the module that reads without a bounds check.

import Glibc

// Fence: reads inside spans. Each function takes offsets that it checks or clamps once, then reads only below `count`.
public enum ByteScan {
    private typealias Block = SIMD16<UInt8>

    /// The byte at `index`; 0 outside of the span, a value no grammar here accepts.
    @inlinable @inline(__always)
    public static func byte(_ bytes: Span<UInt8>, _ index: Int) -> UInt8 {
        // SAFETY: read only when 0 <= index < count, which one unsigned comparison tells.
        UInt(bitPattern: index) < UInt(bitPattern: bytes.count) ? unsafe bytes[unchecked: index] : 0
    }

    /// Whether `length` bytes from `index` on lie in the span.
    @inlinable @inline(__always)
    static func holds(_ bytes: Span<UInt8>, _ index: Int, _ length: Int) -> Bool {
        // One unsigned comparison for both ends; its right side does not change in a loop.
        UInt(bitPattern: index) < UInt(bitPattern: max(bytes.count &- (length &- 1), 0))
    }

    /// Eight bytes from `index` on, the first in the lowest byte. Bytes outside of the span read as 0.
    @inlinable @inline(__always)
    public static func word(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        holds(bytes, index, 8) ? held(bytes, index) : wordAtEnd(bytes, index)
    }

    /// The same, but 0 when they are not all in the span: for those who have another way then, and want no call here.
    @inlinable @inline(__always)
    static func wordInside(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        holds(bytes, index, 8) ? held(bytes, index) : 0
    }

    /// Two bytes from `index` on, the first lowest; 0 when they are not both in the span.
    @inlinable @inline(__always)
    static func pair(_ bytes: Span<UInt8>, _ index: Int) -> UInt16 {
        guard holds(bytes, index, 2) else { return 0 }
        // SAFETY: index...index + 2 lies in the span.
        let pair = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt16.self)
        return UInt16(littleEndian: pair)
    }

    @usableFromInline @inline(never)
    static func wordAtEnd(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        let count = bytes.count
        // The last eight bytes, without those in front of `index`.
        if count >= 8, index > count &- 8, index < count {
            return held(bytes, count &- 8) &>> UInt64(truncatingIfNeeded: (index &- count) &* 8)
        }
        var word: UInt64 = 0
        for lane in 0..<8 { word |= UInt64(byte(bytes, index &+ lane)) &<< UInt64(lane &* 8) }
        return word
    }

    /// Up to eight bytes of a literal as a word, for comparison with `word(_:_:)`. A constant once optimised.
    @inlinable @inline(__always)
    public static func word(_ text: StaticString) -> UInt64 { word(text, 0, text.utf8CodeUnitCount) }

    /// Up to eight bytes of a literal from `start` on.
    @inlinable @inline(__always)
    public static func word(_ text: StaticString, _ start: Int, _ count: Int) -> UInt64 {
        precondition(start >= 0 && count <= 8 && start &+ count <= text.utf8CodeUnitCount)
        var word: UInt64 = 0
        var index = count &- 1
        while index >= 0 {
            // SAFETY: 0 <= start + index < utf8CodeUnitCount, and a static string's bytes live as long as the program.
            word = word &<< 8 | UInt64(unsafe text.utf8Start[start &+ index])
            index &-= 1
        }
        return word
    }

    /// Whether a literal holds this byte. A constant once optimised.
    @inlinable @inline(__always)
    static func has(_ text: StaticString, _ byte: UInt8) -> Bool {
        var index = 0
        while index < text.utf8CodeUnitCount {
            // SAFETY: 0 <= index < utf8CodeUnitCount, and a static string's bytes live as long as the program.
            if unsafe text.utf8Start[index] == byte { return true }
            index &+= 1
        }
        return false
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

    /// Whether `count` bytes from `start` on are those of `text`: for literals, whose length and words become constants.
    @inlinable @inline(__always)
    public static func equalsWords(_ bytes: Span<UInt8>, _ start: Int, _ count: Int, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count == length else { return false }
        if length < 8 { return (word(bytes, start) ^ word(text)) & ~(~0 &<< UInt64(length &* 8)) == 0 }
        guard holds(bytes, start, length) else { return false }
        // The last word may overlap the one before it.
        var differing = held(bytes, start &+ length &- 8) ^ eight(text, length &- 8)
        var index = 0
        while index < length &- 8 {
            differing |= held(bytes, start &+ index) ^ eight(text, index)
            index &+= 8
        }
        return differing == 0
    }

    /// Eight bytes that lie in the span, which the caller has checked.
    @inlinable @inline(__always)
    static func held(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        // SAFETY: what the caller has checked.
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
        return UInt64(littleEndian: word)
    }

    /// Eight bytes of a literal that is as long.
    @inlinable @inline(__always)
    static func eight(_ text: StaticString, _ index: Int) -> UInt64 {
        precondition(index >= 0 && index &+ 8 <= text.utf8CodeUnitCount)
        // SAFETY: just checked, and a static string's bytes live as long as the program.
        let word = unsafe UnsafeRawPointer(text.utf8Start).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        return UInt64(littleEndian: word)
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

    /// The same for what has a few dozen bytes or hundreds and hardly ever differs: without a call, and without a branch for each block.
    @inlinable @inline(__always)
    public static func agrees(
        _ bytes: Span<UInt8>, from: Int, _ others: Span<UInt8>, from other: Int, count: Int
    ) -> Bool {
        guard count >= 16 else { return equals(bytes, from: from, others, from: other, count: count) }
        guard from >= 0, other >= 0, from <= bytes.count &- count, other <= others.count &- count else { return false }
        // The last block may overlap the one before it.
        let last = count &- 16
        var differing = difference(bytes, from &+ last, others, other &+ last)
        var index = 0
        while index < last {
            differing |= difference(bytes, from &+ index, others, other &+ index)
            index &+= 16
        }
        // SAFETY: both types are 16 plain bytes.
        let halves = unsafe unsafeBitCast(differing, to: SIMD2<UInt64>.self)
        return halves.x | halves.y == 0
    }

    /// The bits in which two blocks differ. Sixteen bytes from each offset on lie in their span, which `agrees` has checked.
    @inlinable @inline(__always)
    static func difference(_ bytes: Span<UInt8>, _ index: Int, _ others: Span<UInt8>, _ other: Int) -> SIMD16<UInt8> {
        // SAFETY: what the caller has checked.
        let one = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
        let two = unsafe others.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: other, as: SIMD16<UInt8>.self)
        return one ^ two
    }

    /// One byte of a literal; 0 outside of it.
    @inline(__always)
    static func byte(_ text: StaticString, _ index: Int) -> UInt8 {
        guard index >= 0, index < text.utf8CodeUnitCount else { return 0 }
        // SAFETY: 0 <= index < utf8CodeUnitCount.
        return unsafe text.utf8Start[index]
    }

    /// Lower case of eight bytes at once. Only letters become letters, so a comparison with letters, digits and `-` is exact.
    @inline(__always)
    static func folded(_ word: UInt64) -> UInt64 { word | (word & 0x4040_4040_4040_4040) &>> 1 }

    /// The first wanted offset in `from..<count`, else `count`; for what is expected within a few dozen bytes.
    @inline(__always)
    private static func first<M: ByteMark>(_ bytes: Span<UInt8>, from: Int, _ wanted: M) -> Int {
        var index = from
        while holds(bytes, index, 16) {
            let (low, high) = marks(bytes, at: index, wanted)
            if low != 0 { return index &+ low.trailingZeroBitCount &>> 3 }
            if high != 0 { return index &+ 8 &+ high.trailingZeroBitCount &>> 3 }
            index &+= 16
        }
        return last(bytes, from: index, wanted)
    }

    /// The same for long runs, 32 bytes a step.
    @inline(__always)
    private static func far<M: ByteMark>(_ bytes: Span<UInt8>, from: Int, _ wanted: M) -> Int {
        var index = from
        while holds(bytes, index, 32) {
            // SAFETY: index...index + 32 lies in the span.
            let one = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: Block.self)
            let two = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &+ 16, as: Block.self)
            let (low, high) = halves(wanted.mark(one) | wanted.mark(two))
            if low | high != 0 { break }
            index &+= 32
        }
        return first(bytes, from: index, wanted)
    }

    /// The same for the last bytes of the span, fewer than sixteen.
    @inline(never)
    private static func last<M: ByteMark>(_ bytes: Span<UInt8>, from: Int, _ wanted: M) -> Int {
        let count = bytes.count
        precondition(from >= 0)
        if count >= 16, from > count &- 16, from < count {
            // The last block of the span, without what lies in front of `from`.
            let start = count &- 16
            let (low, high) = marks(bytes, at: start, wanted)
            let left = (UInt128(high) &<< 64 | UInt128(low)) &>> UInt128((from &- start) &* 8)
            return left == 0 ? count : from &+ left.trailingZeroBitCount &>> 3
        }
        var index = from
        while index < count, !wanted.holds(byte(bytes, index)) { index &+= 1 }
        return index
    }

    /// - Parameter index: 16 bytes from there on lie in the span, which the caller has checked.
    @inline(__always)
    private static func marks<M: ByteMark>(_ bytes: Span<UInt8>, at index: Int, _ wanted: M) -> (UInt64, UInt64) {
        // SAFETY: what the parameter promises; all callers stand above.
        halves(wanted.mark(unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: Block.self)))
    }

    /// The high bits of all lanes, the first lane lowest.
    @inline(__always)
    private static func halves(_ block: Block) -> (UInt64, UInt64) {
        // SAFETY: both types are 16 plain bytes.
        let halves = unsafe unsafeBitCast(block & Block(repeating: 0x80), to: SIMD2<UInt64>.self)
        return (UInt64(littleEndian: halves.x), UInt64(littleEndian: halves.y))
    }

    /// The first `byte` (below 0x80) at or after `from`, else `count`.
    @inline(__always)
    public static func first(_ byte: UInt8, in bytes: Span<UInt8>, from: Int) -> Int {
        guard holds(bytes, from, 16) else { return firstFar(byte, in: bytes, from: from) }
        let (low, high) = marks(bytes, at: from, ByteMarks.One(byte: byte))
        if low != 0 { return from &+ low.trailingZeroBitCount &>> 3 }
        if high != 0 { return from &+ 8 &+ high.trailingZeroBitCount &>> 3 }
        return firstFar(byte, in: bytes, from: from &+ 16)
    }

    @inline(never)
    private static func firstFar(_ byte: UInt8, in bytes: Span<UInt8>, from: Int) -> Int {
        far(bytes, from: from, ByteMarks.One(byte: byte))
    }

    /// The first place at or after `from` where `byte` (below 0x80) stands twice, or where the `u` stands of what looks like a JSON
    /// escape of a character from U+0040 to U+007F; else `count`. Few texts have either, whatever else they escape.
    ///
    /// Nothing is found in front of the first `byte` or backslash at or after `from`: short texts mostly have neither.
    public static func firstDouble(_ byte: UInt8, orEscape bytes: Span<UInt8>, from: Int) -> Int {
        var index = far(bytes, from: from, ByteMarks.Two(one: byte, other: ASCII.backslash))
        while holds(bytes, index, 35) {
            let (low, high) = halves(doubleMarks(bytes, at: index, byte) | doubleMarks(bytes, at: index &+ 16, byte))
            if low | high != 0 { break }
            index &+= 32
        }
        while holds(bytes, index, 19) {
            let (low, high) = halves(doubleMarks(bytes, at: index, byte))
            if low != 0 { return index &+ low.trailingZeroBitCount &>> 3 }
            if high != 0 { return index &+ 8 &+ high.trailingZeroBitCount &>> 3 }
            index &+= 16
        }
        while index < bytes.count {
            let next = self.byte(bytes, index &+ 1)
            switch self.byte(bytes, index) {
            case byte where next == byte: return index
            case 0x75 where next == 0x30 && self.byte(bytes, index &+ 3) | 3 == 0x37: return index
            default: index &+= 1
            }
        }
        return bytes.count
    }

    /// - Parameter index: 19 bytes from there on lie in the span, which the caller has checked.
    @inline(__always)
    private static func doubleMarks(_ bytes: Span<UInt8>, at index: Int, _ byte: UInt8) -> Block {
        // SAFETY: what the parameter promises; the callers stand above.
        let one = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: Block.self)
        let two = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &+ 1, as: Block.self)
        let four = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &+ 3, as: Block.self)
        // Zero where all is as wanted; of all others below 0x80 none borrows into the high bit.
        let twice: Block = (one ^ Block(repeating: byte)) | (two ^ Block(repeating: byte))
        // The digits 4 to 7 differ in their two low bits only.
        let digit: Block = (four | Block(repeating: 3)) ^ Block(repeating: 0x37)
        let escape: Block = (one ^ Block(repeating: 0x75)) | (two ^ Block(repeating: 0x30)) | digit
        return (twice &- Block(repeating: 1)) & ~twice | (escape &- Block(repeating: 1)) & ~escape
    }

    /// The first CR or LF at or after `from`, else `count`.
    public static func lineStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        far(bytes, from: from, ByteMarks.LineEnds())
    }

    /// The first control byte other than HTAB at or after `from`, else `count`: where a field line ends.
    @inline(__always)
    static func controlStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        let found = controlOrTab(bytes, from: from)
        return byte(bytes, found) != ASCII.tab ? found : controlStopBehindTab(bytes, found)
    }

    /// The first control byte at or after `from`, else `count`.
    @inline(__always)
    static func controlOrTab(_ bytes: Span<UInt8>, from: Int) -> Int { first(bytes, from: from, ByteMarks.Controls()) }

    @inline(never)
    static func controlStopBehindTab(_ bytes: Span<UInt8>, _ tab: Int) -> Int {
        var index = tab
        while byte(bytes, index) == ASCII.tab { index = first(bytes, from: index &+ 1, ByteMarks.Controls()) }
        return index
    }

    /// The first byte at or after `from` that is no letter, digit or `-`, else `count`.
    @inline(never)
    static func nameStop(_ bytes: Span<UInt8>, from: Int) -> Int { first(bytes, from: from, ByteMarks.NotInName()) }

    /// The first byte at or after `from` that is no letter, digit, `-` or `.`, else `count`.
    static func hostStop(_ bytes: Span<UInt8>, from: Int) -> Int { first(bytes, from: from, ByteMarks.NotInHost()) }

    /// The first byte at or after `from` that is no letter, digit, `-`, `.` or `/`, else `count`.
    static func pathStop(_ bytes: Span<UInt8>, from: Int) -> Int { first(bytes, from: from, ByteMarks.NotInPath()) }

    /// The first byte at or after `from` that a JSON string cannot simply pass: a quote, a backslash, a control byte or one of
    /// UTF-8 beyond ASCII; else `count`.
    @inline(__always)
    public static func stringStop(_ bytes: Span<UInt8>, from: Int) -> Int {
        var index = from
        while index < from &+ 64, holds(bytes, index, 16) {
            let (low, high) = marks(bytes, at: index, ByteMarks.StringStops())
            if low != 0 { return index &+ low.trailingZeroBitCount &>> 3 }
            if high != 0 { return index &+ 8 &+ high.trailingZeroBitCount &>> 3 }
            index &+= 16
        }
        return stringStopFar(bytes, from: index)
    }

    /// The same within 32 bytes: else where the search has to go on, which is at once where the span ends before.
    @inline(__always)
    static func stringStopNear(_ bytes: Span<UInt8>, from: Int) -> Int {
        guard holds(bytes, from, 32) else { return from }
        var index = from
        for _ in 0..<2 {
            let (low, high) = marks(bytes, at: index, ByteMarks.StringStops())
            if low != 0 { return index &+ low.trailingZeroBitCount &>> 3 }
            if high != 0 { return index &+ 8 &+ high.trailingZeroBitCount &>> 3 }
            index &+= 16
        }
        return index
    }

    /// A JSON string that ends in plain sight, as nearly all names and most short values do.
    /// - Parameter from: behind the opening quote.
    /// - Returns: where its quote is and the eight bytes from there on. Where it is not plain, the place and bytes are those of
    ///   the first byte that is not.
    @inline(__always)
    static func plainString(_ bytes: Span<UInt8>, from: Int) -> (quote: Int, word: UInt64) {
        holds(bytes, from, 24) ? heldString(bytes, from: from) : plainStringNearEnd(bytes, from: from)
    }

    /// The same for one that stands behind two certain bytes.
    /// - Returns: no bytes, all of them 0, if it does not, or is in the last 24 of the span.
    @inline(__always)
    static func plainString(_ bytes: Span<UInt8>, from: Int, behind pair: UInt16) -> (quote: Int, word: UInt64) {
        guard holds(bytes, from &- 2, 26) else { return (0, 0) }
        // SAFETY: just checked.
        let before = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: from &- 2, as: UInt16.self)
        return UInt16(littleEndian: before) == pair ? heldString(bytes, from: from) : (0, 0)
    }

    /// - Parameter from: 24 bytes from there on lie in the span, which the caller has checked.
    @inline(__always)
    private static func heldString(_ bytes: Span<UInt8>, from: Int) -> (quote: Int, word: UInt64) {
        let (low, high) = marks(bytes, at: from, ByteMarks.StringStops())
        let lane = low != 0 ? low.trailingZeroBitCount &>> 3 : 8 &+ high.trailingZeroBitCount &>> 3
        guard lane < 16 else { return plainStringFar(bytes, from: from &+ 16) }
        return (from &+ lane, held(bytes, from &+ lane))
    }

    /// The same for a string of sixteen bytes or more: mostly a name of two blocks.
    @inline(never)
    private static func plainStringFar(_ bytes: Span<UInt8>, from: Int) -> (quote: Int, word: UInt64) {
        guard holds(bytes, from, 24) else { return plainStringEnd(bytes, from: from) }
        let (low, high) = marks(bytes, at: from, ByteMarks.StringStops())
        let lane = low != 0 ? low.trailingZeroBitCount &>> 3 : 8 &+ high.trailingZeroBitCount &>> 3
        return lane < 16
            ? (from &+ lane, held(bytes, from &+ lane)) : plainStringEnd(bytes, from: from &+ 16)
    }

    @inline(never)
    private static func plainStringNearEnd(_ bytes: Span<UInt8>, from: Int) -> (quote: Int, word: UInt64) {
        let stop = first(bytes, from: from, ByteMarks.StringStops())
        return (stop, word(bytes, stop))
    }

    @inline(never)
    private static func plainStringEnd(_ bytes: Span<UInt8>, from: Int) -> (quote: Int, word: UInt64) {
        let stop = stringStop(bytes, from: from)
        return (stop, word(bytes, stop))
    }

    @inline(never)
    private static func stringStopFar(_ bytes: Span<UInt8>, from: Int) -> Int {
        far(bytes, from: from, ByteMarks.StringStops())
    }
}
