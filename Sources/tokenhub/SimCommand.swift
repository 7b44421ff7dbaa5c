// `tokenhub sim`: one simulated provider at a given address, for tests and benchmarks.

internal import Gateway
internal import Reactor
internal import Sim

enum SimCommand {
    static func run(_ arguments: [String]) -> Int32 {
        var port: UInt16 = 0
        var driver = Driver.Choice.auto
        var index = 0
        while index < arguments.count {
            let value = index + 1 < arguments.count ? arguments[index + 1] : ""
            switch arguments[index] {
            case "--listen":
                guard let colon = value.lastIndex(of: ":"), value[..<colon] == "127.0.0.1",
                    let number = UInt16(value[value.index(after: colon)...])
                else { return refuse("--listen takes 127.0.0.1:PORT") }
                port = number
            case "--reactor":
                guard let choice = Driver.Choice(rawValue: value) else {
                    return refuse("--reactor takes auto, epoll or uring")
                }
                driver = choice
            default: return refuse("unknown option '\(arguments[index])'")
            }
            index += 2
        }
        let signals = Signals()
        do {
            let host = try SimHost(profile: SimProfile(), seed: 0, port: port, driver: driver)
            Output.line("serving on http://\(Addresses.text(host.address))")
            while signals.wait() != .terminate {}
            host.stop()
            return 0
        } catch {
            return refuse("\(error)")
        }
    }

    private static func refuse(_ reason: String) -> Int32 {
        Output.error(reason)
        return 2
    }
}
