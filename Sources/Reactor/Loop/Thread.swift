// A thread that runs one closure, to be joined once.

internal import CLinux
internal import Glibc

// Fence: pthread_create(3). The box is retained for the thread and released by it.
@safe package final class Thread: Sendable {
    private final class Box: Sendable {
        let name: String
        let processor: Int?
        let body: @Sendable () -> Void
        init(_ name: String, _ processor: Int?, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.processor = processor
            self.body = body
        }
    }

    private let thread: pthread_t

    /// Starts a thread, pinned to a processor where one is given and the system allows it.
    package init(name: String, processor: Int? = nil, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = unsafe Unmanaged.passRetained(Box(name, processor, body))
        var made = pthread_t()
        // SAFETY: the retained box is handed over to the thread, which takes it back exactly once.
        let code = unsafe pthread_create(
            &made, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                let box = unsafe Unmanaged<Box>.fromOpaque(raw).takeRetainedValue()
                unsafe tokenhub_name_thread(box.name)
                // Pinning is an optimisation: a container may forbid it, and the thread runs as well without.
                if let processor = box.processor { tokenhub_pin_thread(Int32(processor)) }
                box.body()
                return nil
            }, unsafe box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw SystemError(call: "pthread_create", code: code)
        }
        thread = made
    }

    /// The calling thread steps back where it shares a processor with others: `niceness` is added to its own. Threads that it
    /// starts afterwards inherit it.
    package static func stepBack(niceness: Int32) { tokenhub_be_nice(niceness) }

    /// Lets a thread go on that waits for the caller's processor: the shortest sleep there is, about 60 us.
    package static func pause() { usleep(1) }

    /// Waits until the closure has returned.
    package func join() { pthread_join(thread, nil) }
}
