// The kernels that tests of the whole data plane run on.

@testable import Reactor

enum Kernel: String, CaseIterable, Sendable {
    case epoll, uring
    /// Simulated: an obliging network, and one that does all that a network may do to an honest connection.
    case calm, rough

    /// Those this machine has: a container may forbid io_uring.
    static let present = allCases.filter { $0 != .uring || (try? Driver.make(.uring)) != nil }
    static let simulated: [Kernel] = [.calm, .rough]

    var isSimulated: Bool { self == .calm || self == .rough }

    var choice: Driver.Choice { self == .uring ? .uring : .epoll }
}
