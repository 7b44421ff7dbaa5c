import Glibc

// Fence: clock_gettime(2) writes one timespec of ours during the call.
/// The monotonic clock.
@safe enum Clock {
    /// Nanoseconds since an arbitrary start.
    static func now() -> UInt64 {
        var time = timespec()
        // SAFETY: `time` is a local of the right type, written only during the call.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
