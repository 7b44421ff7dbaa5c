// The one block of memory into which a core receives, with room in front and behind to frame what it passes on.

internal import Glibc
internal import Wire

// Fence: one malloc'd block per core, freed with this object. Offsets are checked against its size before any use.
@safe package final class Scratch {
    private let base: UnsafeMutablePointer<UInt8>
    /// Offset of the first received byte.
    static let start = Limits.headroomBytes
    /// Offset behind the last byte a receive may fill.
    static let end = Limits.headroomBytes + Limits.scratchBytes
    private static let size = Limits.headroomBytes + Limits.scratchBytes + Limits.tailroomBytes

    init() {
        guard let memory = unsafe malloc(Scratch.size) else { fatalError("out of memory for the scratch") }
        unsafe memset(memory, 0, Scratch.size)
        unsafe base = memory.assumingMemoryBound(to: UInt8.self)
    }

    deinit { unsafe free(base) }

    /// The bytes at `range`. They stay valid while the scratch lives; they change when the core receives again.
    @_lifetime(borrow self)
    func bytes(_ range: Range<Int>) -> Span<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Scratch.size, "scratch range \(range)")
        // SAFETY: the range was checked and the block is initialised as a whole.
        let span = unsafe Span(_unsafeStart: UnsafePointer(base + range.lowerBound), count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Where `span` lies in this scratch; nil when it is other memory.
    func offset(of span: Span<UInt8>) -> Int? {
        unsafe span.withUnsafeBufferPointer { pointer in
            guard let first = pointer.baseAddress else { return nil }
            let distance = unsafe first - UnsafePointer(base)
            return distance >= 0 && distance + pointer.count <= Scratch.size ? distance : nil
        }
    }

    /// Moves `range` so that it begins at `offset`; the ranges may overlap.
    func move(_ range: Range<Int>, to offset: Int) { move(range.lowerBound, to: offset, count: range.count) }

    func move(_ start: Int, to offset: Int, count: Int) {
        precondition(start >= 0 && offset >= 0 && count >= 0 && max(start, offset) <= Scratch.size &- count)
        if start == offset { return }
        // SAFETY: both ranges were checked; memmove allows them to overlap.
        unsafe memmove(base + offset, base + start, count)
    }

    /// Copies `bytes` to `offset`.
    func store(_ bytes: Span<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset + bytes.count <= Scratch.size, "store of \(bytes.count) at \(offset)")
        unsafe bytes.withUnsafeBufferPointer { source in
            // SAFETY: the destination was checked; memmove allows the source to lie in the scratch too.
            if let from = source.baseAddress { unsafe memmove(base + offset, from, source.count) }
        }
    }

    subscript(offset: Int) -> UInt8 {
        get {
            precondition(offset >= 0 && offset < Scratch.size)
            return unsafe base[offset]
        }
        set {
            precondition(offset >= 0 && offset < Scratch.size)
            unsafe base[offset] = newValue
        }
    }

    /// Lets a driver fill `range`; `fill` returns what the system call returned.
    func receive(_ range: Range<Int>, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= Scratch.end, "receive into \(range)")
        return unsafe fill(UnsafeMutableRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// The bytes at `range`, writable: for what decrypts into the scratch.
    @_lifetime(borrow self)
    func writable(_ range: Range<Int>) -> MutableSpan<UInt8> {
        precondition(range.lowerBound >= 0 && range.upperBound <= Scratch.end, "writable \(range)")
        // SAFETY: the range was checked, the block is initialised, and one core alone uses it, one span at a time.
        let span = unsafe MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}
