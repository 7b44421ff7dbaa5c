/// What one micro benchmark gave.
struct Measured {
    let bench: Bench
    /// Per piece of work, one figure a run, sorted.
    let nanoseconds: [Double]
    let allocations: Double
    /// Of one piece of work: it must not change unless the work does.
    let checksum: UInt64

    var median: Double { nanoseconds[nanoseconds.count / 2] }
    /// Median distance of the runs from their median.
    var deviation: Double {
        let distances = nanoseconds.map { ($0 - median).magnitude }.sorted()
        return distances[distances.count / 2]
    }
    var allocatesTooMuch: Bool { allocations > bench.allocationsMax + 0.01 }

    var line: String {
        let mark = allocatesTooMuch ? "  MORE THAN \(bench.allocationsMax) ALLOCATIONS" : ""
        return Measured.padded(bench.name, 44, left: true) + Measured.padded(Measured.tenth(median), 10)
            + Measured.padded(Measured.tenth(nanoseconds.first ?? 0), 10)
            + Measured.padded(Measured.tenth(deviation), 9)
            + Measured.padded(Measured.tenth(allocations), 9) + Measured.padded(String(checksum), 22) + mark
    }

    static let heading =
        padded("piece of work", 44, left: true) + padded("median ns", 10) + padded("min ns", 10) + padded("dev ns", 9)
        + padded("allocs", 9) + padded("checksum", 22)

    private static func tenth(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + blanks : blanks + text
    }
}
