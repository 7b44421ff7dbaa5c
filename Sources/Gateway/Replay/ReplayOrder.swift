// What `tokenhub replay` is asked to do.

internal import Store

package struct ReplayOrder: Sendable {
    package var policyPath = ""
    /// Path or data source name.
    package var database = ""
    /// RFC 3339, or how long ago: `24h`; empty for the whole log.
    package var since = ""
    package var isJSON = false

    package init() {}

    /// Carries it out.
    /// - Parameter wallClock: nanoseconds since 1970.
    /// - Returns: what to print.
    package func run(wallClock: UInt64) throws(ReplayFault) -> String {
        let policy = try readPolicy()
        let from = try start(now: Timestamp(milliseconds: Int64(wallClock / 1_000_000)))
        let log: RewardLog
        do throws(StoreFault) {
            log = try RewardLog(try DataSource(database))
        } catch {
            throw .unreadable("\(database): \(error)")
        }
        let report = try Replay.run(policy, on: log, from: from)
        return isJSON ? report.json : report.text
    }

    private func readPolicy() throws(ReplayFault) -> ReplayPolicy {
        let text: [UInt8]
        do throws(PrivateFile.Fault) {
            text = try PrivateFile.read(policyPath, bytesMax: Limits.policyBytesMax, mustBePrivate: false)
        } catch {
            throw .badRequest("\(policyPath): \(error)")
        }
        do throws(ReplayFault) {
            return try ReplayPolicy(parsing: text)
        } catch {
            throw .badRequest("\(policyPath): \(error)")
        }
    }

    private func start(now: Timestamp) throws(ReplayFault) -> Timestamp {
        if since.isEmpty { return Timestamp(milliseconds: 0) }
        if let time = Timestamp(since) { return time }
        guard let length = GoDuration.milliseconds(since) else {
            throw .badRequest("--since takes a time like 2026-01-31T12:00:00Z or a length like 24h, not '\(since)'")
        }
        return now.advanced(byMS: -length)
    }
}
