import CLinux
import Glibc

// Fence: epoll(7). Every pointer passed here is used by the kernel only during the call.
/// One epoll set with a table for 256 ready events.
@safe struct Poller: ~Copyable {
    private let descriptor: Int32
    private var events = unsafe InlineArray<256, epoll_event>(repeating: epoll_event())

    init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "epoll_create1 failed")
    }

    deinit { _ = close(descriptor) }

    /// Watches `socket` edge-triggered for everything; it leaves the set when it is closed.
    func add(_ socket: Int32, tag: UInt64) -> Bool {
        let kinds = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        // SAFETY: `event` is a local that the kernel copies during the call.
        var event = unsafe epoll_event(events: kinds, data: epoll_data_t(u64: tag))
        return unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
    }

    /// Waits at most `timeoutNS` nanoseconds. Returns how many events are ready; 0 after a signal.
    mutating func wait(timeoutNS: UInt64) -> Int {
        let descriptor = descriptor
        var timeout = timespec(tv_sec: Int(timeoutNS / 1_000_000_000), tv_nsec: Int(timeoutNS % 1_000_000_000))
        var ready = unsafe events.mutableSpan
        // SAFETY: the span holds 256 initialised events for the whole call, and that count is passed.
        let count = unsafe ready.withUnsafeMutableBufferPointer {
            unsafe epoll_pwait2(descriptor, $0.baseAddress, Int32($0.count), &timeout, nil)
        }
        precondition(count >= 0 || errno == EINTR, "epoll_pwait2 failed")
        return Swift.max(0, Int(count))
    }

    /// The tag of ready event `index` of the last wait.
    func tag(_ index: Int) -> UInt64 {
        // SAFETY: every writer of `data` here stores u64.
        unsafe events[index].data.u64
    }

    /// Whether the peer of ready event `index` has closed its side, so that a short read is not the last one.
    func hasHungUp(_ index: Int) -> Bool {
        let kinds = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        return unsafe events[index].events & kinds != 0
    }
}
