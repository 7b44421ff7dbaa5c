/// The command line of the generator.
struct Options {
    static let usage = """
        usage: load [options] URL          URL: http(s)://127.0.0.1:PORT/path
          --connections N      connections, each with one exchange at a time (64)
          --duration S         measured seconds (5); --warmup S before them (1); --ramp S to open connections over (0)
          --requests N         end after N exchanges, all of them measured, at the latest after --duration
          --rate R             open loop: R exchanges a second by the clock, latency from the scheduled time
          --body FILE          request body; without it a small chat request
          --model NAME         model in that small request (sim); --stream asks for a stream, --usage for its usage too
          -H 'name: value'     one more request header; may be repeated
          --key-file FILE      send the file's first line as bearer token
          --get                GET without a body
          --new-connections    a connection for every exchange
          --ca FILE            verify the server's certificate; --resume keeps TLS sessions
          --hash               hash every body; --expect-hash HEX demands that one
          --number NAME        number the exchanges in this header; report each one's hash and when it was dropped
          --vanish PERCENT     drop this share of streams after a random number of events; --seed N (1)
          --timeout S          an exchange without an end for so long has failed (30)
          --pid PID            sample that process; --pid-children its children too; --core N that core's busy time
          --allow-remote       take an IPv4 address other than this machine's own
          --json               print the JSON line only
        """

    var isTLS = false
    var host = ""
    var port: UInt16 = 0
    var path = "/"
    var connections = 64
    var durationNS: UInt64 = 5_000_000_000
    var warmupNS: UInt64 = 1_000_000_000
    var rampNS: UInt64 = 0
    var requestsMax = 0
    /// Exchanges a second; 0 is the closed loop.
    var rate = 0.0
    var body: [UInt8]?
    var model = "sim"
    var isStream = false
    var wantsUsage = false
    var isGet = false
    var headers: [String] = []
    var newConnections = false
    var authorityFile: String?
    var resumes = false
    var hashes = false
    var expectedHash: UInt64?
    var vanishPercent = 0.0
    var numberHeader: String?
    var seed: UInt64 = 1
    var timeoutNS: UInt64 = 30_000_000_000
    var pid = 0
    var pidChildren = false
    var core = -1
    var allowsRemote = false
    var jsonOnly = false

    init(_ arguments: [String]) throws(OptionFault) {
        var rest = arguments[...]
        var url: String?
        while let option = rest.popFirst() {
            switch option {
            case "--connections": connections = try Options.count(&rest, option, 1...Limits.connectionsMax)
            case "--duration": durationNS = try Options.seconds(&rest, option)
            case "--warmup": warmupNS = try Options.seconds(&rest, option)
            case "--ramp": rampNS = try Options.seconds(&rest, option)
            case "--timeout": timeoutNS = try Options.seconds(&rest, option)
            case "--requests": requestsMax = try Options.count(&rest, option, 1...Limits.requestsMax)
            case "--rate": rate = try Options.number(&rest, option, 0.001...1_000_000)
            case "--vanish": vanishPercent = try Options.number(&rest, option, 0...100)
            case "--seed": seed = UInt64(try Options.count(&rest, option, 0...Int.max))
            case "--pid": pid = try Options.count(&rest, option, 1...Int(Int32.max))
            case "--core": core = try Options.count(&rest, option, 0...1023)
            case "--body": body = try Options.file(&rest, option)
            case "--key-file": try addKey(from: Options.file(&rest, option))
            case "--model": model = try Options.value(&rest, option)
            case "-H": headers.append(try Options.value(&rest, option))
            case "--ca": authorityFile = try Options.value(&rest, option)
            case "--expect-hash":
                guard let hash = UInt64(try Options.value(&rest, option), radix: 16) else {
                    throw OptionFault(text: "--expect-hash wants hexadecimal digits")
                }
                (hashes, expectedHash) = (true, hash)
            case "--number":
                numberHeader = try Options.value(&rest, option)
                hashes = true
            case "--stream": isStream = true
            case "--usage": wantsUsage = true
            case "--get": isGet = true
            case "--new-connections": newConnections = true
            case "--resume": resumes = true
            case "--hash": hashes = true
            case "--pid-children": pidChildren = true
            case "--allow-remote": allowsRemote = true
            case "--json": jsonOnly = true
            default:
                if option.hasPrefix("-") || url != nil { throw OptionFault(text: "unknown argument '\(option)'") }
                url = option
            }
        }
        guard let url else { throw OptionFault(text: "no URL") }
        try parse(url)
        if (durationNS + warmupNS + rampNS) / 1_000_000_000 > Limits.runSecondsMax {
            throw OptionFault(text: "a run takes at most \(Limits.runSecondsMax) s")
        }
    }

    /// The bytes of one request, head and body.
    var request: [UInt8] {
        var content = body ?? chat
        if isGet { content = [] }
        var head =
            "\(isGet ? "GET" : "POST") \(path) HTTP/1.1\r\nhost: \(host):\(port)\r\nuser-agent: tokenhub-load\r\n"
        head += "accept: */*\r\n"
        if !isGet { head += "content-type: application/json\r\ncontent-length: \(content.count)\r\n" }
        for header in headers { head += header + "\r\n" }
        if let numberHeader {
            head += numberHeader + ": " + String(repeating: "0", count: Limits.numberDigits) + "\r\n"
        }
        return Array((head + "\r\n").utf8) + content
    }

    /// Where the digits of the number stand in the request.
    func numberOffset(in request: [UInt8]) -> Int? {
        guard let numberHeader else { return nil }
        let mark = Array("\r\n\(numberHeader): ".utf8)
        let start = request.indices.first { request[$0...].starts(with: mark) }
        return start.map { $0 + mark.count }
    }

    private var chat: [UInt8] {
        let messages = #"[{"role":"system","content":"Be brief."},{"role":"user","content":"What is a gateway?"}]"#
        let usage = wantsUsage ? #","stream_options":{"include_usage":true}"# : ""
        let stream = isStream ? #","stream":true"# + usage : ""
        let numbers = #","temperature":0,"max_tokens":4096"#
        return Array(#"{"model":"\#(model)"\#(stream)\#(numbers),"messages":\#(messages)}"#.utf8)
    }

    private mutating func addKey(from content: [UInt8]) {
        let key = content.prefix { $0 > 32 }
        headers.append("authorization: Bearer " + String(decoding: key, as: UTF8.self))
    }

    private mutating func parse(_ url: String) throws(OptionFault) {
        let fault = OptionFault(text: "'\(url)' is not http(s)://HOST:PORT/path")
        guard let colon = url.firstIndex(of: ":") else { throw fault }
        isTLS = url[..<colon] == "https"
        guard isTLS || url[..<colon] == "http", url[colon...].hasPrefix("://") else { throw fault }
        let rest = url[url.index(colon, offsetBy: 3)...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let mark = rest[..<slash].lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: mark)..<slash])
        else {
            throw fault
        }
        (host, self.port) = (String(rest[..<mark]), port)
        if slash != rest.endIndex { path = String(rest[slash...]) }
    }

    private static func value(_ rest: inout ArraySlice<String>, _ option: String) throws(OptionFault) -> String {
        guard let value = rest.popFirst() else { throw OptionFault(text: "\(option) wants a value") }
        return value
    }

    private static func count(
        _ rest: inout ArraySlice<String>, _ option: String, _ range: ClosedRange<Int>
    ) throws(OptionFault) -> Int {
        guard let count = Int(try value(&rest, option)), range.contains(count) else {
            throw OptionFault(text: "\(option) wants a whole number in \(range)")
        }
        return count
    }

    private static func number(
        _ rest: inout ArraySlice<String>, _ option: String, _ range: ClosedRange<Double>
    ) throws(OptionFault) -> Double {
        guard let number = Double(try value(&rest, option)), range.contains(number) else {
            throw OptionFault(text: "\(option) wants a number in \(range)")
        }
        return number
    }

    private static func seconds(_ rest: inout ArraySlice<String>, _ option: String) throws(OptionFault) -> UInt64 {
        UInt64(try number(&rest, option, 0...Double(Limits.runSecondsMax)) * 1e9)
    }

    private static func file(_ rest: inout ArraySlice<String>, _ option: String) throws(OptionFault) -> [UInt8] {
        let path = try value(&rest, option)
        guard let content = FileText.read(path, bytesMax: Limits.bodyBytesMax) else {
            throw OptionFault(text: "cannot read '\(path)'")
        }
        return content
    }
}
