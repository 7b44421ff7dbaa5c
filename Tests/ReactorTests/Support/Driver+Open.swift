// What is open by the kernel's own account, one driver at a time, so that tests at its side do not count.

import Glibc
@testable import Reactor

extension Driver {
    /// Listeners and connections that this driver has not closed (count). A simulated network has its own books.
    var openSocketCount: Int {
        switch self {
        // A closed descriptor leaves its epoll set by itself.
        case .epoll(let driver): Driver.watchedCount(driver.descriptor)
        // It holds an entry until the descriptor is closed; operations under way would keep the file open beyond that.
        case .uring(let driver): driver.openCount
        case .simulated: 0
        }
    }

    /// Descriptors in an epoll set, but for the mailbox; from proc(5).
    private static func watchedCount(_ descriptor: Int32) -> Int {
        let file = unsafe open("/proc/self/fdinfo/\(descriptor)", O_RDONLY | O_CLOEXEC)
        defer { Socket.close(file) }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: the buffer is valid during the call and that count is passed.
            let count = unsafe part.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            text += part[0..<count]
        }
        // A line for each descriptor; the mailbox stays.
        return text.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "tfd:".utf8) } - 1
    }
}
