// One decision of the router, read back from its row of the log.

internal import Store
internal import Wire

struct LoggedDecision {
    /// In the snapshot's order of that time; each one's `model` is its place here.
    let candidates: [Candidate]
    let ids: [String]
    /// As configured; nil where the row does not say.
    let modelWeights: [Int?]
    /// Place of the model that was taken, and the probability with which it was.
    let chosen: Int
    let probability: Double
    let bucket: String
    /// With the user's verdict.
    var reward: Double

    /// nil for a row that contradicts itself or was cut.
    init?(_ row: RewardRow) {
        let text = Array(row.candidates.utf8)
        guard (try? JSONScan.validate(text.span)) != nil, text.first == ASCII.openBracket,
            row.probability > 0, row.probability <= 1, (0...1).contains(row.earned)
        else { return nil }
        var (candidates, ids, weights): ([Candidate], [String], [Int?]) = ([], [], [])
        var cursor = JSONCursor(of: ByteRange(0, text.count), in: text.span)
        while let element = cursor.next(in: text.span) {
            var entry = Entry(place: candidates.count)
            guard element.kind == .object, entry.read(element.value, of: text.span) else { return nil }
            candidates.append(entry.candidate)
            ids.append(entry.id)
            weights.append(entry.weight)
        }
        guard let chosen = ids.firstIndex(of: row.modelID), candidates[chosen].rejection == nil else { return nil }
        self.candidates = candidates
        self.ids = ids
        modelWeights = weights
        self.chosen = chosen
        probability = row.probability
        bucket = row.tokenBucket
        reward = row.earned
    }

    /// It was not the request's first: a model had been tried before.
    var isLater: Bool { candidates.contains { $0.rejection == .tried } }

    /// One candidate, as `JSONWriter.candidate` has written it.
    private struct Entry {
        var candidate: Candidate
        var id = ""
        var weight: Int?

        init(place: Int) { candidate = Candidate(model: place) }

        mutating func read(_ object: ByteRange, of text: Span<UInt8>) -> Bool {
            var (alpha, beta, termCount) = (0.0, 0.0, 0)
            var cursor = JSONCursor(of: object, in: text)
            while let member = cursor.next(in: text) {
                func number(_ name: StaticString) -> Double? {
                    JSONScan.isName(of: member, name, in: text) ? JSONScan.double(text, member.value) : nil
                }
                if JSONScan.isName(of: member, "id", in: text) {
                    id = JSONScan.string(text, member.value) ?? ""
                } else if JSONScan.isName(of: member, "rejected", in: text) {
                    // Words of a later version reject as well.
                    candidate.rejection =
                        JSONScan.equals(text, member.value, Decision.Rejection.tried.label) ? .tried : .disabled
                } else if JSONScan.isName(of: member, "cost_nanousd", in: text) {
                    guard let cost = JSONScan.int(text, member.value), cost >= 0 else { return false }
                    candidate.costNanoUSD = cost
                } else if let share = number("latency") {
                    (candidate.latency, termCount) = (share, termCount + 1)
                } else if let share = number("failure") {
                    (candidate.failure, termCount) = (share, termCount + 1)
                } else if let share = number("weight") {
                    (candidate.weight, termCount) = (share, termCount + 1)
                } else if let number = number("model_weight") {
                    weight = Int(exactly: number)
                } else if JSONScan.isName(of: member, "spare", in: text) {
                    candidate.isSpare = JSONScan.bool(text, member.value) ?? false
                } else if let number = number("alpha") {
                    alpha = number
                } else if let number = number("beta") {
                    beta = number
                }
            }
            if alpha > 0, beta > 0 { candidate.belief = ArmPosterior(alpha: alpha, beta: beta) }
            return !id.isEmpty && (candidate.rejection != nil || termCount == 3)
        }
    }
}
