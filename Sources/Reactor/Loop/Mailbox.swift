// The only door between threads: messages go in from anywhere, one loop takes them out.

internal import CLinux
internal import Glibc
internal import Synchronization

// Fence: eventfd(2) and poll(2); pointers are used during the calls only.
package final class Mailbox: Sendable {
    package enum Message: Sendable {
        /// A freshly accepted connection from a busier core's listener of that number; the receiver owns the descriptor.
        case connection(Int32, listener: Int)
        /// What the resolver found for a host name.
        case addresses(host: String, port: UInt16, Result<[SocketAddress], SystemError>)
        /// Something for the service above the loop.
        case delivery(any Sendable)
        /// No new connections; finish what runs within so many milliseconds, then stop.
        case drain(withinMS: Int)
    }

    private struct Box {
        var messages: [Message] = []
        var isSignalled = false
    }

    private let box = Mutex(Box())
    /// An eventfd(2) that becomes readable when messages wait.
    let descriptor: Int32

    package init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(call: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    /// Puts a message in and wakes the loop if it may sleep. False when the box is full; the message is then dropped.
    @discardableResult
    package func post(_ message: Message) -> Bool {
        let (accepted, wake) = box.withLock { box -> (Bool, Bool) in
            guard box.messages.count < Limits.mailboxMessagesMax else { return (false, false) }
            box.messages.append(message)
            defer { box.isSignalled = true }
            return (true, !box.isSignalled)
        }
        if wake { eventfd_write(descriptor, 1) }
        return accepted
    }

    /// For a thread without a loop: sleeps until there is mail or the time is over, then takes everything out.
    package func wait(milliseconds: Int32) -> [Message] {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, a local that outlives the call. A signal only ends the wait early.
        _ = unsafe poll(&watched, 1, milliseconds)
        hush()
        return takeAll()
    }

    /// Takes everything out, in the order it came.
    package func takeAll() -> [Message] {
        box.withLock { box in
            var taken: [Message] = []
            swap(&taken, &box.messages)
            box.isSignalled = false
            return taken
        }
    }

    /// Messages wait that were announced and not taken.
    var hasMail: Bool { box.withLock { $0.isSignalled } }

    /// Makes the descriptor quiet again; before `takeAll`, so that no wake-up is lost.
    func hush() {
        var value: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &value)
    }
}
