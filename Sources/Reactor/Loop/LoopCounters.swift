// What one loop has counted since it started. Plain sums of one thread; merged by whoever asks for them.

package struct LoopCounters: Sendable, Equatable {
    package var acceptedCount = 0
    package var handedOverCount = 0
    package var refusedCount = 0
    package var acceptPauseCount = 0
    package var requestCount = 0
    package var connectCount = 0
    package var upstreamReuseCount = 0
    package var tlsHandshakeCount = 0
    package var receivedBytes = 0
    package var sentBytes = 0
    package var tickCount = 0

    package init() {}

    package static func + (a: LoopCounters, b: LoopCounters) -> LoopCounters {
        var sum = a
        sum.acceptedCount += b.acceptedCount
        sum.handedOverCount += b.handedOverCount
        sum.refusedCount += b.refusedCount
        sum.acceptPauseCount += b.acceptPauseCount
        sum.requestCount += b.requestCount
        sum.connectCount += b.connectCount
        sum.upstreamReuseCount += b.upstreamReuseCount
        sum.tlsHandshakeCount += b.tlsHandshakeCount
        sum.receivedBytes += b.receivedBytes
        sum.sentBytes += b.sentBytes
        sum.tickCount += b.tickCount
        return sum
    }
}
