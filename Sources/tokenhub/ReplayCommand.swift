// `tokenhub replay`: scores another routing policy on the decisions of the log.

internal import Gateway
internal import Reactor

enum ReplayCommand {
    static func run(_ arguments: [String]) -> Int32 {
        var order = ReplayOrder()
        order.database = Environment.read()["TOKENHUB_DB_DSN"] ?? ""
        if order.database.isEmpty { order.database = Configuration.databaseStandard }
        var index = 0
        while index < arguments.count {
            let name = arguments[index]
            if name == "--json" {
                order.isJSON = true
                index += 1
                continue
            }
            guard ["--policy", "--db", "--since"].contains(name) else { return refuse("unknown option '\(name)'") }
            guard index + 1 < arguments.count, !arguments[index + 1].isEmpty else {
                return refuse("\(name) takes a value")
            }
            let value = arguments[index + 1]
            switch name {
            case "--policy": order.policyPath = value
            case "--db": order.database = value
            default: order.since = value
            }
            index += 2
        }
        if order.policyPath.isEmpty { return refuse("--policy FILE is required") }
        do throws(ReplayFault) {
            Output.line(try order.run(wallClock: SystemClock.wallClock))
            return 0
        } catch {
            Output.error("\(error)")
            return if case .badRequest = error { 2 } else { 1 }
        }
    }

    private static func refuse(_ reason: String) -> Int32 {
        Output.error("replay: \(reason)")
        return 2
    }
}
