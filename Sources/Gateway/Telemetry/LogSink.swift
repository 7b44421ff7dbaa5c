// Where log lines go: standard output, without ever waiting for who reads it.

internal import Glibc

// Fence: write(2) reads the buffer during the call only.
@safe package final class LogSink {
    private let descriptor: Int32
    /// A file takes everything at once and never makes anybody wait for a reader.
    private let isFile: Bool
    private var waiting: [UInt8] = []
    /// Lines lost because the reader was too slow.
    package private(set) var droppedBytes = 0

    package init(descriptor: Int32 = 1) {
        self.descriptor = descriptor
        var status = stat()
        // SAFETY: a local that outlives the call.
        isFile = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Queues whole lines; beyond the bound they are dropped and counted.
    package func write(_ lines: [UInt8]) {
        if waiting.count + lines.count > Limits.queuedLogBytesMax {
            droppedBytes += lines.count
        } else {
            waiting += lines
        }
        flush()
    }

    package func write(_ line: String) { write(Array("\(line)\n".utf8)) }

    /// One structured line about something that went wrong.
    package func error(_ message: StaticString, _ cause: String) { line("error", message, cause) }

    /// One structured line that the operator may want to know.
    package func note(_ message: StaticString, _ cause: String) { line("info", message, cause) }

    private func line(_ level: StaticString, _ message: StaticString, _ cause: String) {
        var line = Array("{\"level\":\"\(level)\",\"msg\":\"\(message)\",\"cause\":".utf8)
        line += JSONLiteral.of(cause)
        line += Array("}\n".utf8)
        write(line)
    }

    package func flush() {
        while !waiting.isEmpty {
            guard isFile || isReady() else { return }
            // A pipe or terminal that is ready takes at least this much at once; more could block.
            let count = isFile ? waiting.count : min(waiting.count, 4096)
            // SAFETY: the buffer holds at least `count` bytes during the call.
            let written = unsafe waiting.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, count) }
            if written < 0, errno == EINTR { continue }
            if written <= 0 {
                // Nobody reads any more, or the disk is full: the lines have no other place to go.
                droppedBytes += waiting.count
                waiting = []
                return
            }
            waiting.removeFirst(written)
        }
    }

    private func isReady() -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // SAFETY: one entry, a local that outlives the call.
        return unsafe poll(&ready, 1, 0) == 1 && ready.revents & Int16(POLLOUT) != 0
    }
}
