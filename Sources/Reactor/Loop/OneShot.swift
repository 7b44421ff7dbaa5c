// A value that one thread leaves for another, once, at start or at the end. Never used on a request's path.

internal import CLinux
internal import Glibc
internal import Synchronization

// Fence: eventfd_read(3) writes one local during the call.
package final class OneShot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let bell: Int32

    package init() throws(SystemError) {
        bell = eventfd(0, Int32(EFD_CLOEXEC))
        guard bell >= 0 else { throw SystemError(call: "eventfd", code: errno) }
    }

    deinit { Socket.close(bell) }

    /// The first value stays; later ones are dropped.
    package func put(_ value: Value) {
        let isFirst = self.value.withLock { place in
            if place != nil { return false }
            place = value
            return true
        }
        if isFirst { eventfd_write(bell, 1) }
    }

    /// Waits until there is a value.
    package func wait() -> Value {
        while true {
            if let value = value.withLock({ $0 }) { return value }
            var count: eventfd_t = 0
            // SAFETY: the count is a local that outlives the call.
            _ = unsafe eventfd_read(bell, &count)
        }
    }
}
