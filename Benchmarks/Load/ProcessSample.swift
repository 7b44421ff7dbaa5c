import Glibc

/// What a process has used so far, read from /proc.
struct ProcessSample {
    /// User and system time of all its threads, microseconds; the kernel shows it in steps of 10 ms.
    var cpuUS = 0
    /// Resident memory, KiB.
    var residentKB = 0
    /// Proportional share of resident memory, KiB; 0 where the kernel does not tell.
    var proportionalKB = 0

    /// - Parameter pids: the process, and its children when they are to be counted with it.
    init(pids: [Int]) {
        let ticks = max(1, sysconf(Int32(_SC_CLK_TCK)))
        for pid in pids {
            if let stat = FileText.text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") {
                // After the name in parentheses come state (3) and so on; utime is field 14, stime field 15.
                let fields = stat[stat.index(after: end)...].split(separator: " ")
                if fields.count > 12 { cpuUS += ((Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)) * 1_000_000 / ticks }
            }
            residentKB += ProcessSample.kilobytes(of: "VmRSS:", in: "/proc/\(pid)/status")
            proportionalKB += ProcessSample.kilobytes(of: "Pss:", in: "/proc/\(pid)/smaps_rollup")
        }
    }

    /// The children of `pid`, theirs included.
    static func descendants(of pid: Int) -> [Int] {
        guard let text = FileText.text("/proc/\(pid)/task/\(pid)/children") else { return [] }
        let children = text.split(separator: " ").compactMap { Int($0) }
        return children.flatMap { [$0] + descendants(of: $0) }
    }

    /// Busy time of one core since boot, microseconds.
    static func coreBusyUS(_ core: Int) -> Int {
        let ticks = max(1, sysconf(Int32(_SC_CLK_TCK)))
        for line in FileText.text("/proc/stat")?.split(separator: "\n") ?? [] where line.hasPrefix("cpu\(core) ") {
            let fields = line.split(separator: " ").dropFirst().prefix(8).map { Int($0) ?? 0 }
            // user nice system idle iowait irq softirq steal
            return fields.enumerated().reduce(0) { $1.offset == 3 || $1.offset == 4 ? $0 : $0 + $1.element } * 1_000_000
                / ticks
        }
        return 0
    }

    private static func kilobytes(of name: String, in path: String) -> Int {
        for line in FileText.text(path)?.split(separator: "\n") ?? [] where line.hasPrefix(name) {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return 0
    }
}
