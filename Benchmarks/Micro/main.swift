// micro: what the small pieces of a request's path cost, in nanoseconds and allocations.
//   micro            medians of 15 runs of 40 ms each
//   micro --tiny     a few runs, for the tests: they assert allocations, not times
//   micro WORD       only the pieces whose name contains WORD

import CAllocations
import Glibc

let counted = tokenhub_allocation_count()
let block = [UInt8](repeating: 1, count: 4096 + CommandLine.arguments.count)
precondition(tokenhub_allocation_count() > counted, "allocations are not counted: \(block.count)")

let arguments = CommandLine.arguments.dropFirst()
let isTiny = arguments.contains("--tiny")
let wanted = arguments.first { !$0.hasPrefix("-") }
var isClean = true

print(Measured.heading)
for bench in WireBenches.all + GatewayBenches.all + TranslationBenches.all + TelemetryBenches.all
where wanted.map({ bench.name.contains($0) }) ?? true {
    let measured = bench.measure(runs: isTiny ? 3 : 15, runNS: isTiny ? 200_000 : 40_000_000)
    print(measured.line)
    if measured.allocatesTooMuch { isClean = false }
}
for path in WholePath.all where wanted.map({ path.name.contains($0) }) ?? true {
    do {
        let measured = try path.measure(runs: isTiny ? 1 : 5, exchanges: isTiny ? 1_000 : 10_000)
        print(measured.line)
        if measured.allocatesTooMuch { isClean = false }
    } catch {
        print("\(path.name): \(error)")
        isClean = false
    }
}
exit(isClean ? 0 : 1)
