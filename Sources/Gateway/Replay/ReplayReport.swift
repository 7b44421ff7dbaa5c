// What replay has found, for people and for programs.

internal import Wire

package struct ReplayReport: Sendable, Equatable {
    /// Decisions weighed (count).
    package let decisionCount: Int
    /// Those of them at which the policy's limits leave nobody to ask; they earn 0.
    package let refusedCount: Int
    /// Rows left out: see `DecisionReader`.
    package let laterCount: Int
    package let unexplainedCount: Int
    package let unreadableCount: Int
    package let effectiveCount: Double
    /// About 1 where the log goes everywhere the policy does.
    package let weightMean: Double
    package let weightMax: Double
    /// Share of the policy's choices that the log never makes.
    package let unseenShare: Double
    /// The mean reward that the log has.
    package let logged: Estimate
    /// The policy's by IPS, IPS-SN and DR; see `ReplaySums`.
    package let inverse: Estimate
    package let selfNormalised: Estimate
    package let doublyRobust: Estimate

    package var text: String {
        var lines = [
            "decisions         \(decisionCount) (left out: \(laterCount) later attempts, \(unexplainedCount) without candidates, "
                + "\(unreadableCount) unreadable)",
            "effective sample  \(ReplayReport.fixed(effectiveCount, 1)) (weights: mean \(ReplayReport.fixed(weightMean, 3)), "
                + "largest \(ReplayReport.fixed(weightMax, 1)); \(ReplayReport.percent(unseenShare)) of the choices unseen)",
        ]
        if refusedCount > 0 {
            lines.append("refused           \(refusedCount): the policy leaves no model, which earns 0")
        }
        lines.append("")
        lines.append("mean reward               95 % interval")
        for (name, estimate) in estimates {
            let name = name == "logged" ? "as logged" : "policy, \(name)"
            lines.append(
                name + String(repeating: " ", count: max(1, 18 - name.utf8.count))
                    + "\(ReplayReport.fixed(estimate.mean, 4))  \(ReplayReport.fixed(estimate.low, 4)) to "
                    + "\(ReplayReport.fixed(estimate.high, 4))")
        }
        lines.append("")
        lines.append(
            "Rewards are those of first attempts, 0 to 1, with verdicts where there are any. The intervals are")
        lines.append(
            "normal approximations on influence values, decision by decision; DR leaves out of what it expects")
        lines.append("of a model the decision at hand.")
        return lines.joined(separator: "\n")
    }

    package var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("decisions", decisionCount)
        writer.member("refused_by_policy", refusedCount)
        writer.key("left_out")
        writer.beginObject()
        writer.member("later_attempts", laterCount)
        writer.member("without_candidates", unexplainedCount)
        writer.member("unreadable", unreadableCount)
        writer.endObject()
        writer.member("effective_sample_size", effectiveCount)
        writer.member("weight_mean", weightMean)
        writer.member("weight_max", weightMax)
        writer.member("unseen_share", unseenShare)
        writer.member("interval", "95 %, normal approximation on influence values")
        for (name, estimate) in estimates {
            writer.key(name)
            writer.beginObject()
            writer.member("mean", estimate.mean)
            writer.member("standard_error", estimate.standardError)
            writer.member("low", estimate.low)
            writer.member("high", estimate.high)
            writer.endObject()
        }
        writer.endObject()
        return String(decoding: writer.takeBytes(), as: UTF8.self)
    }

    private var estimates: [(name: String, Estimate)] {
        [("logged", logged), ("ips", inverse), ("ips_sn", selfNormalised), ("dr", doublyRobust)]
    }

    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 1)) %" }

    /// - Parameter digits: behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int64((value.magnitude * scale).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        let fraction = String(rest)
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(whole).\(zeros)\(fraction)"
    }
}
