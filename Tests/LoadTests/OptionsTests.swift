import Testing

@testable import load

struct OptionsTests {
    @Test func aURLIsTakenApart() throws {
        let options = try Options(["https://127.0.0.1:8443/v1/chat/completions?x=1"])
        #expect(options.isTLS)
        #expect(options.host == "127.0.0.1")
        #expect(options.port == 8443)
        #expect(options.path == "/v1/chat/completions?x=1")
    }

    @Test func aRequestHasItsLengthAndHeaders() throws {
        let options = try Options(["-H", "x-sim-tokens: 3", "--stream", "--model", "m", "http://[::1]:80/v1"])
        let text = String(decoding: options.request, as: UTF8.self)
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(halves[0].contains("x-sim-tokens: 3"))
        #expect(halves[0].contains("content-length: \(halves[1].utf8.count)"))
        #expect(halves[1].contains("\"model\":\"m\"") && halves[1].contains("\"stream\":true"))
    }

    @Test func theNumberHasAPlaceOfItsOwn() throws {
        let options = try Options(["--number", "x-sim-seed", "-H", "x-sim-seeds: 1", "http://127.0.0.1:80/v1"])
        let request = options.request
        let offset = try #require(options.numberOffset(in: request))
        let before = String(decoding: request[..<offset], as: UTF8.self)
        #expect(before.hasSuffix("\r\nx-sim-seed: "))
        #expect(String(decoding: request[offset...].prefix(11), as: UTF8.self) == "000000000\r\n")
        #expect(options.hashes)
    }

    @Test(arguments: [
        [], ["ftp://127.0.0.1:1/"], ["http://127.0.0.1/"], ["--rate"], ["--rate", "x", "http://127.0.0.1:1/"],
        ["--connections", "0", "http://127.0.0.1:1/"], ["--duration", "9999", "http://127.0.0.1:1/"],
        ["--nonsense", "http://127.0.0.1:1/"],
    ])
    func whatCannotBeCarriedOutIsRefused(arguments: [String]) {
        #expect(throws: OptionFault.self) { try Options(arguments) }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("[::1]", true), ("10.0.0.1", false),
    ])
    func onlyThisMachineIsLoopback(host: String, isLoopback: Bool) throws {
        #expect(try #require(Address(host: host, port: 1)).isLoopback == isLoopback)
    }

    @Test func namesAreNotLookedUp() { #expect(Address(host: "example.org", port: 80) == nil) }
}
