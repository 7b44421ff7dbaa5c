// The driver over io_uring(7): accepts and receives stay armed, sends are copied and submitted together at the next wait.

internal import CLinux
internal import Glibc
internal import Wire

package final class UringDriver {
    private let queue: UringQueue
    /// By descriptor number. A number comes back only after everything under way on it has completed.
    private var sockets: [UringSocket?] = []
    /// Next in a chain of received buffers; -1 at its end. Beside it the bytes in each buffer.
    private var nextBuffer = [Int](repeating: -1, count: UringQueue.bufferCount)
    private var bufferBytes = [Int](repeating: 0, count: UringQueue.bufferCount)
    private var blocks = BlockPool()
    /// Sockets to be looked at before the next wait.
    private var listed: [UringSocket] = []
    private var looking: [UringSocket] = []
    /// Sockets that hold received buffers.
    private var holders: [UringSocket] = []
    /// Sockets closed with bytes still to be sent, and until when that may take; oldest first.
    private var closing: [(socket: UringSocket, due: UInt64)] = []
    private var events: [DriverEvent] = []
    private var batch: UInt64 = 0
    private var mailbox: Mailbox?

    /// To be made on the thread that will use it.
    package init() throws(SystemError) { queue = try UringQueue() }

    deinit {
        for case let socket? in sockets {
            for descriptor in socket.accepted { Socket.close(descriptor) }
            Socket.close(socket.descriptor)
        }
    }

    /// Everything queued on closed connections has been sent.
    var isSettled: Bool { closing.isEmpty }
    /// Descriptors open or being closed (count), for the leak assertions.
    var openCount: Int { sockets.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

    // MARK: Waiting

    func wait(until: UInt64?) throws(SystemError) -> Int {
        spillHeld()
        lookAtListed()
        var until = until
        if let first = closing.first { until = min(first.due, until ?? .max) }
        let now = SystemClock.now
        try queue.wait(nanoseconds: until.map { $0 > now ? $0 - now : 0 })
        events.removeAll(keepingCapacity: true)
        batch &+= 1
        for completion in queue.completions { completed(completion) }
        if !closing.isEmpty { giveUpClosing() }
        return events.count
    }

    func event(_ index: Int) -> DriverEvent { events[index] }

    private func report(_ socket: UringSocket, _ kinds: DriverEvent.Kinds) {
        if socket.isClosing { return }
        if socket.eventBatch == batch {
            let before = events[socket.eventIndex].kinds
            events[socket.eventIndex] = DriverEvent(token: socket.token, kinds: before.union(kinds))
        } else {
            (socket.eventBatch, socket.eventIndex) = (batch, events.count)
            events.append(DriverEvent(token: socket.token, kinds: kinds))
        }
    }

    private func list(_ socket: UringSocket) {
        if socket.isListed { return }
        socket.isListed = true
        listed.append(socket)
    }

    private func lookAtListed() {
        swap(&listed, &looking)
        for socket in looking {
            socket.isListed = false
            if !socket.isSending, !socket.aborts, socket.unsentBytes > 0 { submitSend(socket) }
            if socket.wantsMore { arm(socket) }
            if socket.isClosing { closeIfDone(socket) }
        }
        looking.removeAll(keepingCapacity: true)
    }

    private func arm(_ socket: UringSocket) {
        socket.isArmed = true
        socket.underWay += 1
        if socket.role == .listener { queue.accept(socket.descriptor) } else { queue.receive(socket.descriptor) }
    }

    /// Ends accepting or receiving for now, because too much waits, or for good.
    private func disarm(_ socket: UringSocket) {
        guard socket.isArmed, !socket.isCancelling else { return }
        socket.isCancelling = true
        queue.cancel(socket.role == .listener ? .accept : .receive, socket.descriptor)
    }

    // MARK: Completions

    private func completed(_ completion: UringQueue.Completion) {
        switch completion.operation {
        case .cancel: return
        case .wake:
            events.append(DriverEvent(token: .wake, kinds: .receivable))
            if completion.isLast, let mailbox { queue.watch(mailbox.descriptor) }
            return
        case .accept, .receive, .poll, .send: break
        }
        guard let socket = sockets[Int(completion.descriptor)] else {
            preconditionFailure("\(completion.operation) completed on a closed descriptor")
        }
        if completion.isLast { socket.underWay -= 1 }
        switch completion.operation {
        case .accept: accepted(completion, socket)
        case .receive: received(completion, socket)
        case .poll: report(socket, completion.result < 0 ? [.sendable, .hangUp] : .sendable)
        case .send: sent(completion.result, socket)
        case .cancel, .wake: break
        }
        if socket.isClosing { closeIfDone(socket) }
    }

    private func accepted(_ completion: UringQueue.Completion, _ socket: UringSocket) {
        if completion.isLast { (socket.isArmed, socket.isCancelling) = (false, false) }
        if completion.result >= 0 {
            if socket.isClosing { return Socket.close(completion.result) }
            Socket.sendAtOnce(completion.result)
            socket.accepted.append(completion.result)
            if socket.accepted.count >= Limits.acceptedMax { disarm(socket) }
            report(socket, .receivable)
        } else {
            switch -completion.result {
            case ECANCELED, ECONNABORTED, EPROTO, EPERM, EINTR: break
            case let code:
                socket.fault = code
                report(socket, .receivable)
            }
        }
        if socket.wantsMore { list(socket) }
    }

    private func received(_ completion: UringQueue.Completion, _ socket: UringSocket) {
        if completion.isLast { (socket.isArmed, socket.isCancelling) = (false, false) }
        let count = Int(completion.result)
        if count > 0 {
            precondition(completion.buffer >= 0, "bytes were received into no buffer")
            if socket.isClosing { return queue.recycle(completion.buffer) }
            chain(completion.buffer, count, to: socket)
            if socket.waitingBytes >= Limits.ringSocketBytesMax { disarm(socket) }
            report(socket, .receivable)
        } else {
            if completion.buffer >= 0 { queue.recycle(completion.buffer) }
            switch -completion.result {
            case 0:
                socket.hasEnd = true
                report(socket, [.receivable, .hangUp])
            // Cancelled, or all buffers are in use: armed again when what waits has been taken.
            case ECANCELED, ENOBUFS, EINTR: break
            case let code: broke(socket, code)
            }
        }
        if socket.wantsMore { list(socket) }
    }

    private func broke(_ socket: UringSocket, _ code: Int32) {
        if socket.fault == 0 { socket.fault = code }
        report(socket, [.receivable, .sendable, .hangUp])
    }

    // MARK: Received buffers

    private func chain(_ buffer: Int, _ count: Int, to socket: UringSocket) {
        nextBuffer[buffer] = -1
        bufferBytes[buffer] = count
        socket.waitingBytes += count
        if socket.lastBuffer < 0 {
            socket.firstBuffer = buffer
            holders.append(socket)
        } else {
            nextBuffer[socket.lastBuffer] = buffer
        }
        socket.lastBuffer = buffer
    }

    private func unchainFirst(_ socket: UringSocket) {
        let buffer = socket.firstBuffer
        socket.firstBuffer = nextBuffer[buffer]
        if socket.firstBuffer < 0 { socket.lastBuffer = -1 }
        socket.takenBytes = 0
        queue.recycle(buffer)
    }

    /// Copies out what was not taken in the tick in which it came: a stalled connection must not keep the others' buffers.
    private func spillHeld() {
        for socket in holders {
            while socket.firstBuffer >= 0 {
                let count = bufferBytes[socket.firstBuffer] - socket.takenBytes
                let block = socket.spill ?? blocks.take(for: count)
                socket.spill = block
                queue.copy(socket.firstBuffer, from: socket.takenBytes, count: count, into: block)
                unchainFirst(socket)
            }
        }
        holders.removeAll(keepingCapacity: true)
    }

    func receive(_ descriptor: Int32, into scratch: Scratch, _ range: Range<Int>) -> Driver.Received {
        let socket = self[descriptor]
        var offset = range.lowerBound
        if let block = socket.spill {
            let count = min(block.bytes.count, range.count)
            block.move(count, into: scratch, at: offset)
            offset += count
            if block.bytes.isEmpty {
                socket.spill = nil
                blocks.give(block)
            }
        }
        while socket.firstBuffer >= 0, offset < range.upperBound {
            let left = bufferBytes[socket.firstBuffer] - socket.takenBytes
            let count = min(left, range.upperBound - offset)
            queue.copy(socket.firstBuffer, from: socket.takenBytes, count: count, into: scratch, at: offset)
            offset += count
            if count == left { unchainFirst(socket) } else { socket.takenBytes += count }
        }
        let count = offset - range.lowerBound
        socket.waitingBytes -= count
        if socket.wantsMore { list(socket) }
        if count > 0 {
            return .bytes(count, isDrained: socket.waitingBytes == 0 && !socket.hasEnd && socket.fault == 0)
        }
        if socket.fault != 0 { return .broken(socket.fault) }
        return socket.hasEnd ? .end : .nothing
    }

    // MARK: Sending

    func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Driver.Sent {
        let socket = self[descriptor]
        if socket.fault != 0 { return .broken(socket.fault) }
        precondition(!socket.finishes, "send after the end")
        let count = min(bytes.count, Limits.ringSendBytesMax - socket.unsentBytes)
        if count < bytes.count { socket.wantsRoom = true }
        if count <= 0 { return .bytes(0) }
        let block = socket.queued ?? blocks.take(for: count)
        socket.queued = block
        block.bytes.append(bytes.extracting(0..<count))
        if !socket.isSending { list(socket) }
        return .bytes(count)
    }

    private func submitSend(_ socket: UringSocket) {
        if socket.sending == nil { (socket.sending, socket.queued) = (socket.queued, nil) }
        guard let block = socket.sending else { return }
        socket.isSending = true
        socket.underWay += 1
        queue.send(socket.descriptor, block)
    }

    private func sent(_ result: Int32, _ socket: UringSocket) {
        socket.isSending = false
        guard let block = socket.sending else { preconditionFailure("a send of nothing") }
        if result < 0, -result != EINTR, -result != EAGAIN {
            dropUnsent(socket)
            return broke(socket, -result)
        }
        block.bytes.consume(max(0, Int(result)))
        if block.bytes.isEmpty {
            socket.sending = nil
            blocks.give(block)
        }
        if socket.unsentBytes > 0 { return list(socket) }
        if socket.finishes { Socket.finishSending(socket.descriptor) }
        if socket.wantsRoom {
            socket.wantsRoom = false
            report(socket, .sendable)
        }
    }

    private func dropUnsent(_ socket: UringSocket) {
        if let block = socket.sending { blocks.give(block) }
        if let block = socket.queued { blocks.give(block) }
        (socket.sending, socket.queued) = (nil, nil)
    }

    func finishSending(_ descriptor: Int32) {
        let socket = self[descriptor]
        socket.finishes = true
        if socket.unsentBytes == 0 { Socket.finishSending(descriptor) }
    }

    // MARK: Descriptors

    private subscript(descriptor: Int32) -> UringSocket {
        guard Int(descriptor) < sockets.count, let socket = sockets[Int(descriptor)] else {
            preconditionFailure("descriptor \(descriptor) is not registered")
        }
        return socket
    }

    /// Takes over a descriptor. Its operations wait inside the kernel, so it has to block.
    func register(_ descriptor: Int32, _ token: Token) {
        while sockets.count <= Int(descriptor) { sockets.append(nil) }
        precondition(sockets[Int(descriptor)] == nil, "descriptor \(descriptor) registered twice")
        let role: UringSocket.Role
        switch token.kind {
        case .listener: role = .listener
        case .client: role = .connected
        case .upstream: role = .connecting
        case .wake: preconditionFailure("mail is watched, not registered")
        }
        let socket = UringSocket(descriptor, token, role)
        sockets[Int(descriptor)] = socket
        if role == .connecting {
            socket.underWay += 1
            queue.poll(descriptor)
        } else {
            Socket.setBlocking(descriptor)
            list(socket)
        }
    }

    func watch(_ mailbox: Mailbox) {
        self.mailbox = mailbox
        queue.watch(mailbox.descriptor)
    }

    func accept(_ listener: Int32) throws(SystemError) -> Int32? {
        guard Int(listener) < sockets.count, let socket = sockets[Int(listener)] else { return nil }
        if socket.fault != 0, socket.accepted.isEmpty {
            // Armed again when the next call asks: until then there is no use in trying.
            defer { socket.fault = 0 }
            throw SystemError(call: "accept4", code: socket.fault)
        }
        let accepted = socket.accepted.isEmpty ? nil : socket.accepted.removeFirst()
        if socket.wantsMore { list(socket) }
        return accepted
    }

    func connectFault(_ descriptor: Int32) -> Int32 {
        let socket = self[descriptor]
        let code = Socket.connectFault(descriptor)
        if code == 0, socket.role == .connecting {
            socket.role = .connected
            Socket.setBlocking(descriptor)
            list(socket)
        }
        return code
    }

    /// The token is dead at once, the descriptor when nothing is under way on it any more and all is sent.
    func close(_ descriptor: Int32, abort: Bool) {
        guard Int(descriptor) < sockets.count, let socket = sockets[Int(descriptor)] else {
            return abort ? Socket.abort(descriptor) : Socket.close(descriptor)
        }
        precondition(!socket.isClosing, "closed descriptor \(descriptor) twice")
        (socket.isClosing, socket.aborts) = (true, abort)
        for other in socket.accepted { Socket.close(other) }
        socket.accepted = []
        while socket.firstBuffer >= 0 { unchainFirst(socket) }
        if let block = socket.spill { blocks.give(block) }
        (socket.spill, socket.waitingBytes) = (nil, 0)
        disarm(socket)
        if socket.role == .connecting, socket.underWay > 0 { queue.cancel(.poll, descriptor) }
        if abort || socket.fault != 0 {
            if let block = socket.queued { blocks.give(block) }
            socket.queued = nil
            if socket.isSending { queue.cancel(.send, descriptor) }
        }
        let due = SystemClock.now &+ UInt64(Limits.lingerTimeoutMS) &* 1_000_000
        if socket.unsentBytes > 0 { closing.append((socket, due)) }
        closeIfDone(socket)
    }

    private func closeIfDone(_ socket: UringSocket) {
        guard socket.underWay == 0, socket.aborts || socket.unsentBytes == 0 else {
            return socket.unsentBytes > 0 && !socket.isSending ? list(socket) : ()
        }
        guard sockets[Int(socket.descriptor)] === socket else { return }
        dropUnsent(socket)
        sockets[Int(socket.descriptor)] = nil
        if !closing.isEmpty { closing.removeAll { $0.socket === socket } }
        if socket.aborts { Socket.abort(socket.descriptor) } else { Socket.close(socket.descriptor) }
    }

    /// A peer that takes nothing does not keep a closed connection alive.
    private func giveUpClosing() {
        let now = SystemClock.now
        while let first = closing.first, first.due <= now {
            closing.removeFirst()
            first.socket.aborts = true
            if first.socket.isSending { queue.cancel(.send, first.socket.descriptor) }
            closeIfDone(first.socket)
        }
    }
}
