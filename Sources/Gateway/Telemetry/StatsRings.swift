// The past of one group, in three rings of different step.

/// 31 KB; made when the group has traffic. A place is overwritten when its turn comes again, so nothing has to be swept.
final class StatsRings {
    private var fine: [StatsBucket]
    private var minutes: [StatsBucket]
    private var hours: [StatsBucket]
    /// Seconds since 1970 of the latest traffic.
    private(set) var lastAt: Int64 = 0

    enum Window: String, CaseIterable {
        case minute = "1m"
        case fiveMinutes = "5m"
        case hour = "1h"
        case day = "24h"
    }

    /// Seconds that one place of each ring stands for. A window begins with a step, so it is up to one step shorter than named.
    static let fineStep: Int64 = 10
    private static let minutesStep: Int64 = 120
    private static let hoursStep: Int64 = 3600

    init() {
        fine = Array(repeating: StatsBucket(), count: 30)
        minutes = Array(repeating: StatsBucket(), count: 30)
        hours = Array(repeating: StatsBucket(), count: 24)
    }

    /// Counts what came at `seconds` since 1970.
    func take(_ bucket: StatsBucket, at seconds: Int64) {
        lastAt = max(lastAt, seconds)
        StatsRings.take(bucket, into: &fine, period: seconds / StatsRings.fineStep)
        StatsRings.take(bucket, into: &minutes, period: seconds / StatsRings.minutesStep)
        StatsRings.take(bucket, into: &hours, period: seconds / StatsRings.hoursStep)
    }

    private static func take(_ bucket: StatsBucket, into ring: inout [StatsBucket], period: Int64) {
        let place = Int(period % Int64(ring.count))
        // Something older than the ring, at a start that reads old rows: its place belongs to later traffic.
        if ring[place].period > period { return }
        if ring[place].period < period { ring[place] = StatsBucket(period: period) }
        ring[place].fold(bucket)
    }

    func sum(of window: Window, now seconds: Int64) -> StatsBucket {
        switch window {
        case .minute: StatsRings.sum(fine, period: seconds / StatsRings.fineStep, count: 6)
        case .fiveMinutes: StatsRings.sum(fine, period: seconds / StatsRings.fineStep, count: 30)
        case .hour: StatsRings.sum(minutes, period: seconds / StatsRings.minutesStep, count: 30)
        case .day: StatsRings.sum(hours, period: seconds / StatsRings.hoursStep, count: 24)
        }
    }

    private static func sum(_ ring: [StatsBucket], period: Int64, count: Int64) -> StatsBucket {
        var sum = StatsBucket()
        for index in ring.indices where ring[index].period > period - count && ring[index].period <= period {
            sum.fold(ring[index])
        }
        return sum
    }
}
