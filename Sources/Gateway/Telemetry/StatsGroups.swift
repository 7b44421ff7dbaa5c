// The groups of one kind that are counted apart, such as all models.

/// Names get a number in `Stats` when they first have traffic. Beyond the bound a name takes the place of one that has been
/// silent for a day, or is counted with the others.
struct StatsGroups {
    static let otherName = "other"

    private(set) var numbers: [String: Int] = [:]
    private let groupsMax: Int
    /// By index in a snapshot.
    var known = SnapshotNumbers()

    init(groupsMax: Int) { self.groupsMax = groupsMax }

    var isFull: Bool { numbers.count >= groupsMax }

    mutating func add(_ name: String, _ number: Int) { numbers[name] = number }

    mutating func remove(_ name: String) {
        numbers[name] = nil
        known.removeAll()
    }
}
