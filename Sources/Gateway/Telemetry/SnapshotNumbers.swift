// What a snapshot's indices are to somebody who counts over many snapshots: numbers that stay, found without a name.

/// Holds the few snapshots that records still come from. Cores' copies of one version have the same indices.
struct SnapshotNumbers {
    private var tables: [(version: Int, numbers: [Int32])] = []

    /// The number set for `index`; -1 when none is.
    func number(version: Int, index: Int) -> Int {
        for table in tables where table.version == version { return Int(table.numbers[index]) }
        return -1
    }

    /// - Parameter size: how many indices the snapshot of this version has.
    mutating func set(_ number: Int, version: Int, index: Int, size: Int) {
        let table = tables.firstIndex { $0.version == version }
        if let table {
            tables[table].numbers[index] = Int32(number)
        } else {
            if tables.count == Limits.countedSnapshotsMax { tables.removeFirst() }
            var numbers = [Int32](repeating: -1, count: size)
            numbers[index] = Int32(number)
            tables.append((version, numbers))
        }
    }

    mutating func removeAll() { tables = [] }
}
