// Which driver the loops run on.

package enum ReactorChoice: String, Sendable, CaseIterable {
    /// io_uring or epoll, as the probe at start says.
    case auto
    case epoll
    case uring
}
