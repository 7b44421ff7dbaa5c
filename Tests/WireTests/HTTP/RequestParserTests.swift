import Testing
import Wire

struct RequestParserTests {
    /// A request line with Host, then more lines.
    private static func request(_ line: String, _ fields: String...) -> [UInt8] {
        latin1(([line, "Host: a"] + fields).joined(separator: "\r\n") + "\r\n\r\n")
    }

    private static func report(_ bytes: [UInt8]) -> HeadReport {
        var parser = RequestParser()
        return reportRequest(&parser, bytes.span, scanned: 0)
    }

    /// The verdict must be the same whole and cut at every byte; up to the last byte a prefix says nil or the same fault.
    private static func reportCut(_ bytes: [UInt8]) -> HeadReport {
        var parser = RequestParser()
        var last = HeadReport()
        var scanned = 0
        for end in 0...bytes.count {
            last = reportRequest(&parser, bytes.span.extracting(0..<end), scanned: scanned)
            if last.fault != nil || last.length >= 0 { return last }
            scanned = end
        }
        return last
    }

    @Test func anOrdinaryRequestIsReadInAllItsParts() {
        let bytes = latin1(
            "POST /v1/chat?x=1&y HTTP/1.1\r\nHost: api.example.com:8090\r\nAUTHORIZATION:Bearer k\r\n"
                + "X-Odd_Name!: \t two words \t\r\nContent-Length: 12\r\nEmpty:\r\n\r\nbody")
        var parser = RequestParser()
        let length = try? parser.parse(bytes.span, scanned: 0)
        #expect(length == bytes.count - 4)
        #expect(parser.method == .post)
        #expect(text(bytes, parser.methodRange) == "POST")
        #expect(text(bytes, parser.target) == "/v1/chat?x=1&y")
        #expect(text(bytes, parser.path) == "/v1/chat")
        #expect(text(bytes, parser.query) == "x=1&y")
        #expect(parser.minorVersion == 1)
        #expect(parser.framing == .length(12))
        #expect(parser.persists == true)
        #expect(parser.expectsContinue == false)
        #expect(parser.fields.count == 5)
        #expect(parser.fields.first(.authorization).map { text(bytes, $0) } == "Bearer k")
        #expect(parser.fields[2].id == .other)
        #expect(text(bytes, parser.fields[2].name) == "X-Odd_Name!")
        #expect(text(bytes, parser.fields[2].value) == "two words")
        #expect(parser.fields[4].value.isEmpty == true)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", Method.get), ("HEAD / HTTP/1.1", .head), ("POST / HTTP/1.1", .post),
        ("PUT / HTTP/1.1", .put),
        ("DELETE / HTTP/1.1", .delete), ("PATCH / HTTP/1.1", .patch), ("OPTIONS / HTTP/1.1", .options),
        ("OPTIONS * HTTP/1.1", .options), ("TRACE / HTTP/1.1", .trace), ("get / HTTP/1.1", .other),
        ("POSTS / HTTP/1.1", .other), ("POS / HTTP/1.1", .other), ("M-SEARCH! / HTTP/1.1", .other),
        ("LONGERTHANEIGHT / HTTP/1.0", .other),
    ])
    func methodsAreRecognisedByTheirExactBytes(line: String, method: Method) {
        var parser = RequestParser()
        let bytes = Self.request(line)
        #expect(throws: Never.self) { try parser.parse(bytes.span, scanned: 0) }
        #expect(parser.method == method)
    }

    @Test(arguments: [
        ("/", "/", ""), ("/a/b.c-d_e~f", "/a/b.c-d_e~f", ""), ("/a?", "/a", ""), ("/a?b?c", "/a", "b?c"),
        ("/%41%2f?%20", "/%41%2f", "%20"), ("/a;b=c,d!$&'()*+:@", "/a;b=c,d!$&'()*+:@", ""), ("http://a", "", ""),
        ("http://a/", "/", ""), ("HTTPS://A/x?y", "/x", "y"), ("http://a?q", "", "q"),
        (
            "/a/path/that/is/quite/a/bit/longer/than/sixteen/bytes",
            "/a/path/that/is/quite/a/bit/longer/than/sixteen/bytes", ""
        ),
    ])
    func targetsAreSplitIntoPathAndQuery(target: String, path: String, query: String) {
        var parser = RequestParser()
        let bytes = Self.request("GET \(target) HTTP/1.1")
        #expect(throws: Never.self) { try parser.parse(bytes.span, scanned: 0) }
        #expect(text(bytes, parser.target) == target)
        #expect(text(bytes, parser.path) == path)
        #expect(text(bytes, parser.query) == query)
    }

    /// What is refused, and how. `~` stands for a good Host line.
    static let refused: [(String, HeadFault)] = [
        // The request line.
        ("GET / HTTP/1.1\nH", .malformed(.bareLF)),
        ("GET / HTTP/1.1\rH", .malformed(.bareCR)),
        ("GET /\nHTTP/1.1\r\n~", .malformed(.bareLF)),
        ("GET /\r\n~", .malformed(.target)),
        ("GET\r\n~", .malformed(.method)),
        ("\r\n\r\nGET / HTTP/1.1\r\n~", .malformed(.startLine)),
        ("\nGET / HTTP/1.1\r\n~", .malformed(.bareLF)),
        ("\rGET / HTTP/1.1\r\n~", .malformed(.bareCR)),
        (" GET / HTTP/1.1\r\n~", .malformed(.method)),
        ("   \r\n~", .malformed(.method)),
        ("GET  / HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /  HTTP/1.1\r\n~", .malformed(.version)),
        ("GET / HTTP/1.1 \r\n~", .malformed(.version)),
        ("GET\t/ HTTP/1.1\r\n~", .malformed(.method)),
        ("GET /\tHTTP/1.1\r\n~", .malformed(.target)),
        ("GET / x HTTP/1.1\r\n~", .malformed(.version)),
        ("G@T / HTTP/1.1\r\n~", .malformed(.method)),
        ("G\u{E9}T / HTTP/1.1\r\n~", .malformed(.method)),
        ("G=\":<>(e),[T];?\" /get HTTP/1.1\r\n~", .malformed(.method)),
        ("\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}", .malformed(.controlByte)),
        ("GET /a#b HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /a\\b HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /a\"b HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /a<b HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /a{b} HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /a[0] HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /\u{E9} HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /\u{7F} HTTP/1.1\r\n~", .malformed(.controlByte)),
        ("GET /\u{0}a HTTP/1.1\r\n~", .malformed(.controlByte)),
        ("GET /% HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /%4 HTTP/1.1\r\n~", .malformed(.target)),
        ("GET /%4g HTTP/1.1\r\n~", .malformed(.target)),
        ("GET a HTTP/1.1\r\n~", .malformed(.target)),
        ("GET * HTTP/1.1\r\n~", .malformed(.target)),
        ("OPTIONS *x HTTP/1.1\r\n~", .malformed(.target)),
        ("GET ftp://a/ HTTP/1.1\r\n~", .malformed(.target)),
        ("GET http:/a HTTP/1.1\r\n~", .malformed(.target)),
        ("GET http:// HTTP/1.1\r\n~", .malformed(.target)),
        ("GET http:///x HTTP/1.1\r\n~", .malformed(.target)),
        ("GET http://u@a/ HTTP/1.1\r\n~", .malformed(.target)),
        ("GET http://b/ HTTP/1.1\r\n~", .malformed(.host)),
        ("CONNECT a:443 HTTP/1.1\r\n~", .unsupported(.connect)),
        ("GET / http/1.1\r\n~", .malformed(.version)),
        ("GET / HTTP/1\r\n~", .malformed(.version)),
        ("GET / HTTP/1.\r\n~", .malformed(.version)),
        ("GET / HTTP/11\r\n~", .malformed(.version)),
        ("GET / HTTP/1.11\r\n~", .malformed(.version)),
        ("GET / HTTP/01.1\r\n~", .malformed(.version)),
        ("GET / HTTP/-1.1\r\n~", .malformed(.version)),
        ("GET / HTTP/ 1.1\r\n~", .malformed(.version)),
        ("GET / HTTPS/1.1\r\n~", .malformed(.version)),
        ("GET / HTTP/9.9\r\n~", .unsupportedVersion),
        ("GET / HTTP/1.2\r\n~", .unsupportedVersion),
        ("GET / HTTP/0.9\r\n~", .unsupportedVersion),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        // Field lines.
        ("GET / HTTP/1.1\r\n~\nX: y", .malformed(.bareLF)),
        ("GET / HTTP/1.1\r\nX: a\rb\r\n~", .malformed(.bareCR)),
        ("GET / HTTP/1.1\r\nX: a\r\r\n~", .malformed(.bareCR)),
        ("GET / HTTP/1.1\r\nX: a\u{0}b\r\n~", .malformed(.controlByte)),
        ("GET / HTTP/1.1\r\nX: a\u{1}\r\n~", .malformed(.controlByte)),
        ("GET / HTTP/1.1\r\nX: a\u{7F}\r\n~", .malformed(.controlByte)),
        ("GET / HTTP/1.1\r\nX: sixteen and more bytes \u{B} behind\r\n~", .malformed(.controlByte)),
        ("GET / HTTP/1.1\r\nX\u{0}: a\r\n~", .malformed(.controlByte)),
        ("GET / HTTP/1.1\r\nX: a\r\n b\r\n~", .malformed(.obsoleteFold)),
        ("GET / HTTP/1.1\r\nX: a\r\n\tb\r\n~", .malformed(.obsoleteFold)),
        ("GET / HTTP/1.1\r\n H", .malformed(.obsoleteFold)),
        ("GET / HTTP/1.1\r\n \r\n~", .malformed(.obsoleteFold)),
        ("GET / HTTP/1.1\r\nX : a\r\n~", .malformed(.spaceBeforeColon)),
        ("GET / HTTP/1.1\r\nContent-Length : 1\r\n~", .malformed(.spaceBeforeColon)),
        ("GET / HTTP/1.1\r\nX\t: a\r\n~", .malformed(.spaceBeforeColon)),
        ("GET / HTTP/1.1\r\nX y: a\r\n~", .malformed(.spaceBeforeColon)),
        ("GET / HTTP/1.1\r\n: a\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nX[: a\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nX\u{E9}: a\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nContent-Length\u{85}: 1\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nX(y): a\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nA-name-longer-than-sixteen/bytes: a\r\n~", .malformed(.fieldName)),
        ("GET / HTTP/1.1\r\nX\r\n~", .malformed(.missingColon)),
        ("GET / HTTP/1.1\r\nTransfer-\r\nEncoding: chunked\r\n~", .malformed(.missingColon)),
        ("GET / HTTP/1.1\r\n~\r\n\rX", .malformed(.bareCR)),
        // Host.
        ("GET / HTTP/1.1\r\nX: y", .malformed(.missingHost)),
        ("GET / HTTP/1.1\r\n~\r\nHost: a", .malformed(.duplicateHost)),
        ("GET / HTTP/1.0\r\n~\r\nHost: b", .malformed(.duplicateHost)),
        ("GET / HTTP/1.1\r\nHost:", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: a b", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: a, b", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: a,b", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: u@a", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: a/b", .malformed(.host)),
        ("GET / HTTP/1.1\r\nHost: http://a", .malformed(.host)),
        ("GET / HTTP/1.0\r\nHost: a:b", .malformed(.host)),
        // Body framing.
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 1\r\nContent-Length: 1", .malformed(.duplicateContentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 1\r\nContent-Length: 2", .malformed(.duplicateContentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 5, 5", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length:", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: +5", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: -5", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 0x5", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 1_0", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 1 0", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 010", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 5.0", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 1000000000000000000", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 99999999999999999999", .malformed(.contentLength)),
        ("POST / HTTP/1.1\r\n~\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", .malformed(.lengthAndCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: chunked\r\nContent-Length: 0", .malformed(.lengthAndCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: chunked, chunked", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: gzip, chunked", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: chunked;x=y", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: ,chunked", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: \"chunked\"", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding:", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: \u{A0}chunked", .malformed(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: xchunked", .unsupported(.transferCoding)),
        ("POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: identity", .unsupported(.transferCoding)),
        (
            "POST / HTTP/1.1\r\n~\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            .malformed(.duplicateTransferCoding)
        ),
        ("POST / HTTP/1.0\r\n~\r\nTransfer-Encoding: chunked", .malformed(.codingInOldVersion)),
        ("POST / HTTP/1.1\r\n~\r\nExpect: 200-ok", .expectation),
        ("POST / HTTP/1.1\r\n~\r\nExpect: 100-continue, x", .expectation),
        ("POST / HTTP/1.1\r\n~\r\nExpect: 100-continue\r\nExpect: x", .expectation),
    ]

    @Test(arguments: refused)
    func whatIsMalformedOrAmbiguousIsRefused(request: String, fault: HeadFault) {
        let lines = request.replacing("~", with: "Host: a")
        let bytes = latin1(lines.hasSuffix("\r\n\r\n") ? lines : lines + "\r\n\r\n")
        #expect(Self.report(bytes).fault == fault)
        #expect(Self.reportCut(bytes).fault == fault)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.b-c_d:80\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:a\r\nX:\t\u{80}\u{FF} \t y\t\r\n\r\n",
        "GET / HTTP/1.1\r\nhOsT: a\r\nX: \t\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09: z\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED \t\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA-name-of-more-than-sixteen-bytes: a value of more than sixteen bytes\tand a tab\r\n\r\n",
    ])
    func whatIsValidIsReadTheSameWayHoweverItIsCut(request: String) {
        let bytes = latin1(request)
        let whole = Self.report(bytes)
        #expect(whole.length == bytes.count)
        #expect(whole == Self.reportCut(bytes))
        for end in 0..<bytes.count {
            #expect(Self.report(Array(bytes[..<end])) == HeadReport())
        }
        #expect(Self.report(bytes + latin1("\u{0}next")) == whole)
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "close", false), ("1.1", "Keep-Alive", true), ("1.0", "", false),
        ("1.0", "keep-alive", true), ("1.0", "KEEP-ALIVE , x", true), ("1.1", "x,\tCLOSE ,y", false),
        ("1.1", "closed", true), ("1.1", "xclose", true), ("1.1", "keep-alive, close", false),
        ("1.1", ",,close", false),
        ("1.1", "\"close\"", true), ("1.0", "keep-alive, close", false),
    ])
    func connectionOptionsDecideWhetherItPersists(version: String, options: String, persists: Bool) {
        let bytes = Self.request("GET / HTTP/\(version)", "Connection: \(options)")
        var parser = RequestParser()
        #expect(throws: Never.self) { try parser.parse(bytes.span, scanned: 0) }
        #expect(parser.persists == persists)
    }

    @Test func oneParserForgetsTheHeadBefore() throws {
        let first = Self.request(
            "POST / HTTP/1.0", "Connection: keep-alive", "Expect: 100-continue", "Content-Length: 4")
        let second = Self.request("GET / HTTP/1.1")
        var parser = RequestParser()
        _ = try parser.parse(first.span, scanned: 0)
        // HTTP/1.0 knows no interim answer.
        #expect(parser.expectsContinue == false && parser.persists == true && parser.framing == .length(4))
        _ = try parser.parse(second.span, scanned: 0)
        #expect(parser.fields.count == 1 && parser.fields.contains(.expect) == false && parser.framing == .none)
        #expect(parser.fields.first(.contentLength) == nil)
        let third = Self.request("POST / HTTP/1.1", "Expect: 100-Continue", "Transfer-Encoding: chunked")
        _ = try parser.parse(third.span, scanned: 0)
        #expect(parser.expectsContinue == true && parser.framing == .chunked)
    }

    @Test func everyByteOfTheVersionMatters() {
        let version = latin1("HTTP/1.1\r\n")
        for place in version.indices {
            for byte in UInt8.min...UInt8.max where byte != version[place] {
                var changed = version
                changed[place] = byte
                let isDigit = place == 5 || place == 7 ? ASCII.isDigit(byte) : false
                let fault: HeadFault? =
                    switch (place, byte) {
                    case (7, 0x30): nil
                    case (0..<8, 0x0A): .malformed(.bareLF)
                    case (0..<8, 0x0D): .malformed(.bareCR)
                    case (0..<8, _) where byte < 0x20 && byte != 0x09 || byte == 0x7F: .malformed(.controlByte)
                    case (0..<8, _): isDigit ? .unsupportedVersion : .malformed(.version)
                    case (8, 0x0A): .malformed(.bareLF)
                    case (8, _) where byte < 0x20 && byte != 0x09 || byte == 0x7F: .malformed(.controlByte)
                    case (8, _): .malformed(.bareLF)
                    default: .malformed(.bareCR)
                    }
                let bytes = latin1("GET / ") + changed + latin1("Host: a\r\n\r\n")
                #expect(Self.report(bytes).fault == fault, "\(byte) at \(place)")
                #expect(Self.reportCut(bytes).fault == fault, "\(byte) at \(place), cut")
            }
        }
    }

    @Test func theFirstLineIsBoundedWhateverItHolds() {
        let fits = Limits.startLineBytesMax - "GET / HTTP/1.1".utf8.count
        for (extra, fault) in [(0, HeadFault?.none), (1, .targetTooLong)] {
            let bytes = Self.request("GET /\(String(repeating: "a", count: fits + extra)) HTTP/1.1")
            #expect(Self.report(bytes).fault == fault)
            #expect(Self.reportCut(bytes).fault == fault)
        }
        let endless = latin1(String(repeating: "a", count: Limits.startLineBytesMax + 1))
        #expect(Self.report(endless).fault == .targetTooLong)
        #expect(Self.report(Array(endless.dropLast())).fault == nil)
    }

    @Test func theHeadIsBoundedToTheByte() {
        let empty = Self.request("GET / HTTP/1.1", "X: ", "Y: ").count
        for (extra, fault) in [(0, HeadFault?.none), (1, .tooLong), (2, .tooLong), (40, .tooLong)] {
            let half = (Limits.headBytesMax - empty) / 2
            let rest = Limits.headBytesMax - empty - half + extra
            let fields = [half, rest].map { String(repeating: "v", count: $0) }
            let bytes = Self.request("GET / HTTP/1.1", "X: \(fields[0])", "Y: \(fields[1])")
            #expect(bytes.count == Limits.headBytesMax + extra)
            #expect(Self.report(bytes).fault == fault)
            var parser = RequestParser()
            let early = bytes.count - 60
            #expect(reportRequest(&parser, bytes.span.extracting(0..<early), scanned: 0) == HeadReport())
            var scanned = early
            var last = HeadReport()
            for end in early...bytes.count where last == HeadReport() {
                last = reportRequest(&parser, bytes.span.extracting(0..<end), scanned: scanned)
                scanned = end
            }
            #expect(last.fault == fault)
        }
    }

    @Test func theNumberOfFieldsIsBounded() {
        for (count, fault) in [(Limits.fieldCountMax, HeadFault?.none), (Limits.fieldCountMax + 1, .tooLong)] {
            let fields = (1..<count).map { "x\($0): y" }.joined(separator: "\r\n")
            let bytes = Self.request("GET / HTTP/1.1", fields)
            #expect(Self.report(bytes).fault == fault)
            #expect(Self.reportCut(bytes).fault == fault)
        }
    }

    @Test func faultsCarryTheStatusThatAnswersThem() {
        #expect(HeadFault.malformed(.host).status == 400)
        #expect(HeadFault.targetTooLong.status == 414)
        #expect(HeadFault.tooLong.status == 431)
        #expect(HeadFault.expectation.status == 417)
        #expect(HeadFault.unsupported(.connect).status == 501)
        #expect(HeadFault.unsupportedVersion.status == 505)
        #expect(HeadFault.malformed(.bareLF).text.description == "a line that ends in LF without CR")
    }

    @Test func mutatedRequestsMeetTheSameVerdictHoweverCut() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("mutatedRequests: seed \(seed)")
        var random = Seeded(seed)
        let base = Self.request(
            "POST /v1/chat/completions?a=%41 HTTP/1.1", "Content-Length: 10", "Connection: close, x",
            "Accept: */*", "X-Stainless-Package-Version: 1.2.3")
        let odd = latin1("\r\n\t :\u{0}\u{7F}\u{80}aA0,;%/")
        for _ in 0..<400 {
            var bytes = base
            for _ in 0...random.below(3) {
                let at = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[at] = odd[random.below(odd.count)]
                case 1: bytes.remove(at: at)
                default: bytes.insert(odd[random.below(odd.count)], at: at)
                }
            }
            let whole = Self.report(bytes)
            let cut = Self.reportCut(bytes)
            #expect(whole == cut, "seed \(seed): \(bytes)")
        }
    }
}
