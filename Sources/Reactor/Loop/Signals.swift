// Signals, taken by one thread that waits for them; no handler ever runs.

internal import CLinux
internal import Glibc

// Fence: sigset_t is filled by the calls that get its address.
@safe package struct Signals {
    package enum Signal: Sendable { case terminate, reload }

    private var set = sigset_t()

    /// Blocks them in this thread and all threads it starts: to be called before any other thread exists.
    package init() {
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { _ = unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that left is an errno value, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Sleeps until one of them comes.
    package func wait() -> Signal {
        var set = set
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            return number == SIGHUP ? .reload : .terminate
        }
    }

    /// From now on the next SIGINT or SIGTERM ends the process at once.
    package func surrender() {
        var set = set
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
