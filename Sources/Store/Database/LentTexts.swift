// The texts of a batch, one behind the other, lent to SQLite without a copy of each.

// Fence: pointers are handed out, and taken, for the length of a call only.
package struct LentTexts: ~Copyable {
    /// Where one of them stands.
    package struct Place: Sendable {
        let start: Int32
        let count: Int32

        package static let empty = Place(start: 0, count: 0)
    }

    private var bytes: [UInt8] = []
    /// Times of one second differ in three digits; the others are copied from the last.
    private var second: Int64 = .min
    private var lastTime: [UInt8] = []
    /// Many rows come in one millisecond.
    private var last = (milliseconds: Int64.min, place: Place.empty)

    init(bytesExpected: Int) { bytes.reserveCapacity(bytesExpected) }

    mutating func add(_ text: Span<UInt8>) -> Place {
        if text.isEmpty { return .empty }
        let start = bytes.count
        // SAFETY: the span's bytes are copied during the call.
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        return place(from: start)
    }

    mutating func add(_ text: String) -> Place {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        return place(from: start)
    }

    mutating func add(_ time: Timestamp) -> Place {
        let milliseconds = time.milliseconds
        if milliseconds == last.milliseconds { return last.place }
        let (start, thousandth) = (bytes.count, milliseconds % 1000)
        if milliseconds >= 0, milliseconds / 1000 == second {
            bytes.append(contentsOf: lastTime)
            bytes[start + 20] = 0x30 &+ UInt8(truncatingIfNeeded: thousandth / 100)
            bytes[start + 21] = 0x30 &+ UInt8(truncatingIfNeeded: thousandth / 10 % 10)
            bytes[start + 22] = 0x30 &+ UInt8(truncatingIfNeeded: thousandth % 10)
        } else {
            lastTime = Array(time.description.utf8)
            second = milliseconds / 1000
            bytes.append(contentsOf: lastTime)
        }
        last = (milliseconds, place(from: start))
        return last.place
    }

    private func place(from start: Int) -> Place { Place(start: Int32(start), count: Int32(bytes.count - start)) }

    borrowing func withBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(StoreFault) -> Result
    ) throws(StoreFault) -> Result {
        // SAFETY: the array does not change during the call.
        try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(StoreFault) in try unsafe body(bytes) }
    }
}
