// arena: how much reward different rules of choosing a provider miss, in four simulated worlds.
//   arena                          50,000 decisions, 20 seeds, a Markdown table of cumulative regrets
//   arena --decisions N --seeds N  other sizes
//   arena --half-life SECONDS      ours with another half-life than the default
//   arena --per-second N           other traffic than 5 requests a second (2.8 simulated hours)
//   arena --tiny                   a small run, for the tests
// Exit code 1 when a run of the full size or more breaks the acceptance rule: ours has the lowest mean regret of
// those that cannot see into the world where providers drift and where they fail, and is within 10 % of the lowest
// where nothing changes. Smaller runs ask only that ours misses less than half of what blind choice does.

import Glibc

guard let options = ArenaOptions(Array(CommandLine.arguments.dropFirst())) else {
    print("usage: arena [--tiny] [--decisions N] [--seeds N] [--half-life SECONDS] [--per-second N]")
    exit(2)
}
print("`\(options.command)`: \(options.decisions) decisions with each of the seeds 1...\(options.seeds), half-life")
print(
    "\(options.halfLifeSeconds) s, \(options.decisionsPerSecond) requests a second."
)
print("Cumulative regret in rewards, mean ± standard deviation over the seeds.\n")
var arena = Arena(options)
exit(arena.run() ? 0 : 1)
