// The kernels every test of a whole loop runs on.

@testable import Reactor

enum Kernel: String, CaseIterable, Sendable {
    case epoll, uring
    /// Simulated: an obliging network, and one that does all that a network may.
    case calm, rough

    /// Those this machine has: a container may forbid io_uring.
    static let present = allCases.filter { $0 != .uring || (try? Driver.make(.uring)) != nil }
    static let simulated: [Kernel] = [.calm, .rough]

    var isSimulated: Bool { self == .calm || self == .rough }

    /// Bytes that no connection holds between two who do not read: more than the kernel's buffers and our own mark.
    var pipeBytes: Int { isSimulated ? 1_500_000 : 20_000_000 }
}
