// Random bytes fit for keys, tokens and request ids.

import Glibc

// Fence: getentropy(3) fills the pool within the call.
/// A pool of kernel randomness; noncopyable, since a copy would give the same bytes twice. What is handed out is erased.
/// - Cost: about 110 ns for 16 bytes, most of it the system call that draws 256.
@safe package struct RandomBytes: ~Copyable {
    private var pool = InlineArray<32, UInt64>(repeating: 0)
    private var used = 32

    package init() {}

    package mutating func next() -> UInt64 {
        if used == 32 { refill() }
        let word = pool[used]
        pool[used] = 0
        used &+= 1
        return word
    }

    /// Overwrites the whole span.
    package mutating func fill(_ destination: inout MutableSpan<UInt8>) {
        var index = 0
        while index < destination.count {
            var word = next()
            let end = min(index &+ 8, destination.count)
            while index < end {
                destination[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
                index &+= 1
            }
        }
    }

    package mutating func block<let count: Int>() -> InlineArray<count, UInt8> {
        var block = InlineArray<count, UInt8>(repeating: 0)
        var span = block.mutableSpan
        fill(&span)
        return block
    }

    private mutating func refill() {
        var span = pool.mutableSpan
        // SAFETY: getentropy(3) writes exactly the count it is given, during the call; any bytes are a valid UInt64.
        let result = unsafe span.withUnsafeMutableBufferPointer { words in
            let bytes = UnsafeMutableRawBufferPointer(words)
            return unsafe getentropy(bytes.baseAddress, bytes.count)
        }
        // Up to 256 bytes are never cut short; it fails only where the kernel offers no randomness at all.
        precondition(result == 0, "getentropy: errno \(errno)")
        used = 0
    }
}
