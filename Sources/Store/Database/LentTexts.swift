// The texts of one statement, one behind the other, to be bound without a copy of each.

// Fence: the pointer is handed out for the length of a call only.
struct LentTexts: ~Copyable {
    struct Place {
        /// The parameter's number in the statement.
        let index: Int32
        let start: Int32
        let count: Int32
    }

    private var bytes: [UInt8] = []
    private(set) var places: [Place] = []
    private var second: Int64 = .min

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    mutating func add(_ index: Int, _ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        note(index, start)
    }

    /// Times of one second differ in three digits; the others are copied from the last.
    private var lastTime: [UInt8] = []

    mutating func add(_ index: Int, _ time: Timestamp) {
        let (start, milliseconds) = (bytes.count, time.milliseconds)
        let thousandth = milliseconds % 1000
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
        note(index, start)
    }

    private mutating func note(_ index: Int, _ start: Int) {
        places.append(Place(index: Int32(index), start: Int32(start), count: Int32(bytes.count - start)))
    }

    borrowing func withBytes(_ body: (UnsafePointer<UInt8>?) -> Int32) -> Int32 {
        // SAFETY: the array does not change during the call.
        unsafe bytes.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}
