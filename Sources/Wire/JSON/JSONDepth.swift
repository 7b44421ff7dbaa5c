// Which containers are open, a bit each: 1 an object, 0 an array.

struct JSONDepth: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private(set) var count = 0

    @inline(__always)
    var isInObject: Bool { low & 1 != 0 }

    /// - Returns: `false`, and changes nothing, when `max` containers are open.
    @inline(__always)
    mutating func open(isObject: Bool, max: Int) -> Bool {
        guard count < max else { return false }
        high = high &<< 1 | low &>> 63
        low = low &<< 1 | (isObject ? 1 : 0)
        count &+= 1
        return true
    }

    @inline(__always)
    mutating func close() {
        low = low &>> 1 | high &<< 63
        high &>>= 1
        count &-= 1
    }
}
