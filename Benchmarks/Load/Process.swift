import Glibc

// Fence: getrlimit(2), setrlimit(2) and signal(2) for the process itself; the one pointer lives for the call.
/// What a run wants of its own process.
@safe enum Process {
    /// Raises the descriptor limit as far as allowed, ignores SIGPIPE and asks for prompt timers.
    static func prepare(descriptors: Int) {
        var limit = rlimit()
        // SAFETY: `limit` is a local of the right type.
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < UInt(descriptors)
        {
            limit.rlim_cur = min(limit.rlim_max, UInt(descriptors))
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        _ = signal(SIGPIPE, SIG_IGN)
        // Without it the kernel may fire a timer 50 us late, which an open loop would measure.
        FileText.write("1", to: "/proc/self/timerslack_ns")
    }

    /// Writes to the error output.
    static func complain(_ text: String) {
        let bytes = Array(text.utf8)
        // SAFETY: the bytes outlive the call and their count is passed.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
