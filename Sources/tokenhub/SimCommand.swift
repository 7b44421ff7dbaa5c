// `tokenhub sim`: one simulated provider at a given address, for tests and benchmarks.

internal import Gateway
internal import Reactor
internal import Sim

enum SimCommand {
    static func run(_ arguments: [String]) -> Int32 {
        var port: UInt16 = 0
        var driver = Driver.Choice.auto
        var profile = SimProfile()
        var (chain, key) = ("", "")
        var index = 0
        while index < arguments.count {
            let value = index + 1 < arguments.count ? arguments[index + 1] : ""
            switch arguments[index] {
            case "--strict":
                profile.isStrict = true
                index += 1
                continue
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
            case "--tls-cert": chain = value
            case "--tls-key": key = value
            case "--chance":
                guard let chance = chance(value) else { return refuse("--chance takes FAULT=PERMILLE") }
                profile.chances.append(chance)
            default: return refuse("unknown option '\(arguments[index])'")
            }
            index += 2
        }
        let signals = Signals()
        do {
            let certificate = chain.isEmpty ? nil : try CertificateSource(chainFile: chain, keyFile: key)
            let host = try SimHost(profile: profile, seed: 0, port: port, driver: driver, certificate: certificate)
            Output.line("serving on \(certificate == nil ? "http" : "https")://\(Addresses.text(host.address))")
            while signals.wait() != .terminate {}
            host.stop()
            return 0
        } catch {
            return refuse("\(error)")
        }
    }

    private static func chance(_ text: String) -> SimProfile.Chance? {
        let halves = text.split(separator: "=")
        guard halves.count == 2, let perMille = Int(halves[1]) else { return nil }
        let name = Array(halves[0].utf8)
        return SimFault(parsing: name.span).map { SimProfile.Chance($0, perMille: perMille) }
    }

    private static func refuse(_ reason: String) -> Int32 {
        Output.error(reason)
        return 2
    }
}
