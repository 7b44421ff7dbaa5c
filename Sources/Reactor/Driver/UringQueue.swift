// The two rings shared with the kernel, and the buffers it receives into.

internal import CLinux
internal import Glibc
internal import Wire

// Fence: io_uring(7). Rings and buffers live as long as this object. Memory to be sent belongs to a block that its owner neither
// changes nor gives back before the completion of the send; everything else is copied by the kernel at submission.
/// Belongs to the thread that made it: the kernel takes submissions from no other (IORING_SETUP_SINGLE_ISSUER).
@safe final class UringQueue {
    enum Operation: UInt8 { case accept, receive, poll, send, wake, cancel }

    struct Completion {
        let operation: Operation
        let descriptor: Int32
        /// What the system call would have returned, or a negative errno value.
        let result: Int32
        /// Number of the receive buffer that was filled; -1 for none.
        let buffer: Int
        /// The operation is over; otherwise more completions of it will follow.
        let isLast: Bool
    }

    private let ring: UnsafeMutablePointer<io_uring>
    private let bufferRing: UnsafeMutablePointer<io_uring_buf_ring>
    private let bufferRingBytes: Int
    private let memory: UnsafeMutableRawPointer
    private let entries: UnsafeMutablePointer<UnsafeMutablePointer<io_uring_cqe>?>
    private let mask: Int32
    private(set) var completions: [Completion] = []

    static let bufferBytes = Limits.ringBufferBytes
    static let bufferCount = Limits.ringBufferCount

    /// - Throws: what the kernel says when it has no io_uring, forbids it, or lacks what is needed of it (Linux 6.0).
    init() throws(SystemError) {
        unsafe ring = .allocate(capacity: 1)
        unsafe ring.initialize(to: io_uring())
        let best = IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER
        var code: Int32 = -EINVAL
        for flags in [best, IORING_SETUP_COOP_TASKRUN, 0] where code == -EINVAL {
            var parameters = io_uring_params()
            parameters.flags = flags | IORING_SETUP_CQSIZE
            parameters.cq_entries = Limits.completionsMax
            // SAFETY: the kernel fills both structs during the call; on failure the ring owns nothing.
            code = unsafe io_uring_queue_init_params(Limits.submissionsMax, ring, &parameters)
        }
        guard code >= 0 else {
            unsafe ring.deallocate()
            throw SystemError(call: "io_uring_queue_init", code: -code)
        }
        let count = UringQueue.bufferCount
        bufferRingBytes = count * MemoryLayout<io_uring_buf>.stride
        let protection = PROT_READ | PROT_WRITE
        guard
            // SAFETY: fresh private pages of this size, checked before use, unmapped in deinit.
            let pages = unsafe mmap(nil, bufferRingBytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe pages != UnsafeMutableRawPointer(bitPattern: -1)
        else { fatalError("out of memory for the buffer ring") }
        unsafe bufferRing = pages.bindMemory(to: io_uring_buf_ring.self, capacity: 1)
        unsafe memory = .allocate(byteCount: count * UringQueue.bufferBytes, alignment: 4096)
        unsafe entries = .allocate(capacity: Limits.eventsPerWait)
        unsafe entries.initialize(repeating: nil, count: Limits.eventsPerWait)
        var registration = io_uring_buf_reg()
        registration.ring_addr = UInt64(UInt(bitPattern: pages))
        registration.ring_entries = UInt32(count)
        // SAFETY: the pages stay mapped until the ring is gone.
        let registered = unsafe io_uring_register_buf_ring(ring, &registration, 0)
        mask = io_uring_buf_ring_mask(UInt32(count))
        completions.reserveCapacity(Limits.eventsPerWait)
        guard registered == 0 else { throw SystemError(call: "io_uring_register_buf_ring", code: -registered) }
        unsafe io_uring_buf_ring_init(bufferRing)
        for buffer in 0..<count { recycle(buffer) }
    }

    deinit {
        // Ends everything under way: afterwards the kernel knows none of the memory below.
        unsafe io_uring_queue_exit(ring)
        unsafe ring.deallocate()
        unsafe munmap(bufferRing, bufferRingBytes)
        unsafe memory.deallocate()
        unsafe entries.deallocate()
    }

    // MARK: Submitting

    /// Takes connections at a listener until it is cancelled or fails.
    func accept(_ descriptor: Int32) {
        unsafe submit(.accept, descriptor) {
            unsafe io_uring_prep_multishot_accept($0, descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        }
    }

    /// Receives into buffers of the ring until it is cancelled, fails, ends, or no buffer is free.
    func receive(_ descriptor: Int32) {
        unsafe submit(.receive, descriptor) { entry in
            unsafe io_uring_prep_recv_multishot(entry, descriptor, nil, 0, 0)
            unsafe entry.pointee.flags |= 1 &<< UInt8(IOSQE_BUFFER_SELECT_BIT)
            unsafe entry.pointee.buf_group = 0
        }
    }

    /// Waits until the descriptor can be written, once.
    func poll(_ descriptor: Int32) {
        unsafe submit(.poll, descriptor) { unsafe io_uring_prep_poll_add($0, descriptor, UInt32(POLLOUT)) }
    }

    /// Reports every time the descriptor becomes readable.
    func watch(_ descriptor: Int32) {
        unsafe submit(.wake, descriptor) { unsafe io_uring_prep_poll_multishot($0, descriptor, UInt32(POLLIN)) }
    }

    /// Sends all of `block`, which must be left alone until the completion.
    func send(_ descriptor: Int32, _ block: borrowing Block) {
        submitSend(descriptor, block.bytes.bytes)
    }

    private func submitSend(_ descriptor: Int32, _ bytes: Span<UInt8>) {
        let entry = unsafe nextEntry()
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_WAITALL)
        // SAFETY: see the fence: the memory stays where it is until the completion.
        unsafe bytes.withUnsafeBufferPointer {
            unsafe io_uring_prep_send(entry, descriptor, $0.baseAddress, $0.count, flags)
        }
        unsafe io_uring_sqe_set_data64(entry, UringQueue.name(.send, descriptor))
    }

    /// Ends an operation under way; its own completion tells of it.
    func cancel(_ operation: Operation, _ descriptor: Int32) {
        let name = UringQueue.name(operation, descriptor)
        unsafe submit(.cancel, descriptor) { unsafe io_uring_prep_cancel64($0, name, 0) }
    }

    private func submit(
        _ operation: Operation, _ descriptor: Int32, _ prepare: (UnsafeMutablePointer<io_uring_sqe>) -> Void
    ) {
        let entry = unsafe nextEntry()
        unsafe prepare(entry)
        unsafe io_uring_sqe_set_data64(entry, UringQueue.name(operation, descriptor))
    }

    private func nextEntry() -> UnsafeMutablePointer<io_uring_sqe> {
        if let entry = unsafe io_uring_get_sqe(ring) { return unsafe entry }
        // The ring is full: hand over what is in it.
        unsafe io_uring_submit(ring)
        guard let entry = unsafe io_uring_get_sqe(ring) else { fatalError("no submission entry after a submission") }
        return unsafe entry
    }

    private static func name(_ operation: Operation, _ descriptor: Int32) -> UInt64 {
        UInt64(operation.rawValue) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    // MARK: Waiting

    /// Submits, waits so many nanoseconds at most (nil: for ever) for a completion, and takes what has completed.
    func wait(nanoseconds: UInt64?) throws(SystemError) {
        var code: Int32
        if nanoseconds == 0 {
            code = unsafe io_uring_submit_and_get_events(ring)
        } else {
            var first: UnsafeMutablePointer<io_uring_cqe>?
            if let nanoseconds {
                var time = __kernel_timespec()
                time.tv_sec = Int64(nanoseconds / 1_000_000_000)
                time.tv_nsec = Int64(nanoseconds % 1_000_000_000)
                // SAFETY: all pointers are locals that outlive the call.
                code = unsafe io_uring_submit_and_wait_timeout(ring, &first, 1, &time, nil)
            } else {
                code = unsafe io_uring_submit_and_wait_timeout(ring, &first, 1, nil, nil)
            }
        }
        // EBUSY: completions wait to be taken first.
        if code < 0, code != -ETIME, code != -EINTR, code != -EBUSY, code != -EAGAIN {
            throw SystemError(call: "io_uring_enter", code: -code)
        }
        completions.removeAll(keepingCapacity: true)
        // SAFETY: the array has room for so many pointers; the entries are read before the ring may use them again.
        let count = unsafe io_uring_peek_batch_cqe(ring, entries, UInt32(Limits.eventsPerWait))
        for index in 0..<Int(count) {
            guard let entry = unsafe entries[index] else { preconditionFailure("a completion without an entry") }
            let name = unsafe entry.pointee.user_data
            let flags = unsafe entry.pointee.flags
            guard let operation = Operation(rawValue: UInt8(truncatingIfNeeded: name >> 32)) else {
                preconditionFailure("completion of \(name)")
            }
            completions.append(
                Completion(
                    operation: operation, descriptor: Int32(bitPattern: UInt32(truncatingIfNeeded: name)),
                    result: unsafe entry.pointee.res,
                    buffer: flags & IORING_CQE_F_BUFFER == 0 ? -1 : Int(flags >> 16),
                    isLast: flags & IORING_CQE_F_MORE == 0))
        }
        unsafe io_uring_cq_advance(ring, count)
    }

    // MARK: Receive buffers

    /// Copies `count` bytes of a filled buffer to `offset` of the scratch.
    func copy(_ buffer: Int, from start: Int, count: Int, into scratch: Scratch, at offset: Int) {
        scratch.store(filled(buffer, start, count), at: offset)
    }

    func copy(_ buffer: Int, from start: Int, count: Int, into block: Block) {
        block.bytes.append(filled(buffer, start, count))
    }

    /// Gives a buffer back to the kernel.
    func recycle(_ buffer: Int) {
        // SAFETY: the address lies in `memory`, whose size was made for so many buffers.
        let address = unsafe memory + buffer * UringQueue.bufferBytes
        unsafe io_uring_buf_ring_add(
            bufferRing, address, UInt32(UringQueue.bufferBytes), UInt16(buffer), mask, 0)
        unsafe io_uring_buf_ring_advance(bufferRing, 1)
    }

    @_lifetime(borrow self)
    private func filled(_ buffer: Int, _ start: Int, _ count: Int) -> Span<UInt8> {
        precondition(buffer >= 0 && buffer < UringQueue.bufferCount && start >= 0 && count >= 0)
        precondition(start + count <= UringQueue.bufferBytes, "\(count) bytes at \(start) of a buffer")
        // SAFETY: the range was checked, and the kernel filled the buffer up to its end at least.
        let first = unsafe (memory + buffer * UringQueue.bufferBytes + start).assumingMemoryBound(to: UInt8.self)
        return unsafe _overrideLifetime(Span(_unsafeStart: first, count: count), borrowing: self)
    }
}
