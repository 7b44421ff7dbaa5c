// The clocks and the randomness of the machine, for the drivers that talk to a real kernel.

internal import Glibc

// Fence: clock_gettime(2) and getentropy(3). Results are locals that outlive the calls.
package enum SystemClock {
    /// Nanoseconds on a clock that only moves forward.
    package static var now: UInt64 { read(CLOCK_MONOTONIC) }
    /// Nanoseconds since 1970-01-01 UTC.
    package static var wallClock: UInt64 { read(CLOCK_REALTIME) }

    static var entropy: UInt64 {
        var value: UInt64 = 0
        // SAFETY: the call fills at most the eight bytes of the local.
        let result = unsafe getentropy(&value, 8)
        precondition(result == 0, "getentropy: errno \(errno)")
        return value
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // SAFETY: the result is a local that outlives the call.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
