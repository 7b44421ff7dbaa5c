// A queue of bytes with one owner: appended at the end, consumed at the front.

import Glibc

// Fence: one malloc'd block, owned by this value alone and freed with it. `start...end` lies inside it at all times.
@safe public struct ByteBuffer: ~Copyable {
    // Usable from inlined code: heads and log lines are put together in other modules, some hundred pieces a request.
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline var capacity: Int
    @usableFromInline var start: Int
    @usableFromInline var end: Int

    public init() {
        unsafe base = nil
        (capacity, start, end) = (0, 0, 0)
    }

    public init(capacity: Int) {
        self.init()
        reserve(capacity)
    }

    deinit { unsafe free(base) }

    /// Unread bytes.
    public var count: Int { end &- start }
    public var isEmpty: Bool { end == start }
    /// Bytes of memory held, read or not.
    public var bytesHeld: Int { capacity }

    /// The unread bytes. Valid until the next change of the buffer, which the compiler enforces.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self) get {
            // SAFETY: `base` holds `end` initialised bytes; the span borrows self, so nothing moves or frees them meanwhile.
            let first = unsafe (base ?? ByteBuffer.nowhere).advanced(by: start).assumingMemoryBound(to: UInt8.self)
            return unsafe _overrideLifetime(Span(_unsafeStart: first, count: end &- start), borrowing: self)
        }
    }

    /// Makes room for `more` bytes behind the unread ones.
    @inlinable
    public mutating func reserve(_ more: Int) {
        precondition(more >= 0)
        if capacity &- end < more { makeRoom(more) }
    }

    @usableFromInline @inline(never)
    mutating func makeRoom(_ more: Int) {
        let unread = count
        if start > 0 {
            // SAFETY: both ranges lie inside the block; memmove allows them to overlap.
            if unread > 0, let base = unsafe base { unsafe memmove(base, base + start, unread) }
            (start, end) = (0, unread)
            if capacity - unread >= more { return }
        }
        let wanted = Swift.max(unread + more, Swift.min(capacity * 2, capacity + ByteBuffer.growthBytesMax), 64)
        guard let grown = unsafe realloc(base, wanted) else { fatalError("out of memory for \(wanted) bytes") }
        unsafe base = grown
        capacity = wanted
    }

    /// Room for at least `count` bytes behind the unread ones, to be filled in place (recv(2), decryption, inflation) and
    /// then made readable by `commit`. What the span holds before it is written is unspecified.
    @_lifetime(&self)
    public mutating func freeSpace(atLeast count: Int) -> MutableSpan<UInt8> {
        reserve(count)
        // SAFETY: the block reaches to `capacity`, and the span borrows self exclusively, so nothing moves or frees it
        // meanwhile. Any byte is a valid UInt8, malloc'd memory included.
        let first = unsafe (base ?? ByteBuffer.nowhere).advanced(by: end).assumingMemoryBound(to: UInt8.self)
        return unsafe _overrideLifetime(MutableSpan(_unsafeStart: first, count: capacity &- end), mutating: &self)
    }

    /// Makes the first `count` bytes of the free space readable.
    public mutating func commit(_ count: Int) {
        precondition(count >= 0 && count <= capacity &- end, "committed \(count) of \(capacity &- end) free bytes")
        end &+= count
    }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        // SAFETY: reserve left at least one byte of room at `end`.
        if let base = unsafe base { unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self) }
        end &+= 1
    }

    @inlinable
    public mutating func append(_ span: Span<UInt8>) {
        let length = span.count
        if length == 0 { return }
        reserve(length)
        // SAFETY: reserve left `length` bytes of room at `end`; the span cannot alias them, for it was made before and is borrowed.
        unsafe span.withUnsafeBufferPointer { source in
            if let base = unsafe base, let from = source.baseAddress {
                unsafe (base + end).copyMemory(from: from, byteCount: length)
            }
        }
        end &+= length
    }

    /// Inlined, so that a literal is a few stores of known length and no call.
    @inlinable @inline(__always)
    public mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        // SAFETY: a static string's bytes live as long as the program, and reserve left room for them.
        if let base = unsafe base { unsafe (base + end).copyMemory(from: text.utf8Start, byteCount: length) }
        end &+= length
    }

    @inlinable
    public mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

    // Else a literal would be a String, its default type: an event of fifteen literals took 330 ns instead of 160.
    @_disfavoredOverload
    public mutating func append(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        append(text.utf8Span.span)
    }

    /// Appends `value` in decimal.
    /// - Parameter width: digits (count) at least, the first of them zeros where it has fewer.
    public mutating func append(decimal value: Int, width: Int = 1) {
        if value >= 0, value < 10, width == 1 { return append(UInt8(truncatingIfNeeded: value) &+ 0x30) }
        if value < 0 { append(0x2D) }
        var rest = value.magnitude
        let count = Swift.max(width, ByteBuffer.digitCount(rest))
        reserve(count)
        let first = end
        end &+= count
        guard let base = unsafe base else { return }
        var place = end
        // SAFETY: reserve left room for `count` bytes from `first` on, and no store begins in front of it. What is read lies below
        // 200 in a literal of 200 bytes.
        while place &- first >= 2 {
            place &-= 2
            let pair = Int(truncatingIfNeeded: rest % 100)
            unsafe (base + place).copyMemory(from: ByteBuffer.pairs.utf8Start + 2 &* pair, byteCount: 2)
            rest /= 100
        }
        if place > first {
            let digit = UInt8(truncatingIfNeeded: rest) &+ 0x30
            unsafe base.storeBytes(of: digit, toByteOffset: first, as: UInt8.self)
        }
    }

    /// `00` to `99`.
    private static var pairs: StaticString {
        """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    }

    /// How many decimal digits a number has.
    @inline(__always)
    private static func digitCount(_ value: UInt) -> Int {
        var (count, rest) = (0, value)
        while rest >= 10_000 { (count, rest) = (count &+ 4, rest / 10_000) }
        return count &+ (rest < 10 ? 1 : rest < 100 ? 2 : rest < 1000 ? 3 : 4)
    }

    /// Appends `value` in lower-case hexadecimal without leading zeros.
    public mutating func append(hex value: UInt64) {
        var shift = Swift.max(0, 60 - (value.leadingZeroBitCount & ~3))
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: (value >> UInt64(shift)) & 15)
            append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
            shift -= 4
        }
    }

    /// Drops the first `length` unread bytes.
    public mutating func consume(_ length: Int) {
        precondition(length >= 0 && length <= count, "consumed \(length) of \(count) bytes")
        start &+= length
        if start == end { (start, end) = (0, 0) }
    }

    /// Drops every unread byte behind the first `length`.
    public mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count)
        end = start &+ length
    }

    /// Drops everything and keeps the memory.
    public mutating func removeAll() { (start, end) = (0, 0) }

    private static let growthBytesMax = 1 << 20
    // SAFETY: never read, for a span made of it has no bytes.
    private static var nowhere: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(bitPattern: 16)! }
}
