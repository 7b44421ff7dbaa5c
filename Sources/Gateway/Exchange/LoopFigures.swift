// What a core counts, for the metrics.

package import Reactor

/// Counts of one core, for the metrics.
package struct LoopFigures: Sendable {
    package let core: Int
    package let driver: String
    package let counters: LoopCounters
    package let clientCount: Int
    package let upstreamCount: Int
    package let exchangeCount: Int
    package let blocksTaken: Int
    package let rateLimitedCount: Int
    package var droppedEventCount = 0
}
