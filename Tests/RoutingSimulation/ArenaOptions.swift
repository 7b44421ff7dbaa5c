import Gateway

/// What the command line asks for.
struct ArenaOptions {
    private(set) var decisions = 50_000
    private(set) var seeds = 20
    private(set) var halfLifeSeconds = Limits.rewardHalfLifeSeconds
    private(set) var decisionsPerSecond = 5.0
    /// As it was typed.
    let command: String

    /// At least the run the acceptance rule is stated for.
    var isFull: Bool { decisions >= 50_000 && seeds >= 20 && decisionsPerSecond == 5 }

    /// - Returns: nil when the arguments cannot be understood.
    init?(_ arguments: [String]) {
        command = (["arena"] + arguments).joined(separator: " ")
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if option == "--tiny" {
                (decisions, seeds) = (3_000, 5)
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            switch option {
            case "--decisions": decisions = Int(value) ?? 0
            case "--seeds": seeds = Int(value) ?? 0
            case "--half-life": halfLifeSeconds = Double(value) ?? 0
            case "--per-second": decisionsPerSecond = Double(value) ?? 0
            default: return nil
            }
        }
        if decisions < 1 || seeds < 1 || !(halfLifeSeconds > 0) || !(decisionsPerSecond > 0) { return nil }
    }
}
