// The model's name in a body that passes through.

import Testing
import Wire

@testable import Adapters

@Suite struct NamedModelTests {
    /// The name, `-` for none, `?` where it is unclear, `>` where it may come; the same in whatever pieces the body comes.
    private func find(
        _ body: String, _ type: String = "application/json", isWhole: Bool = true, pieces: [Int] = [.max, 1, 7]
    ) -> String {
        let (body, type) = (Array(body.utf8), Array(type.utf8))
        let found = pieces.map { size in
            var scan = ModelScan(contentType: type.span)
            var start = 0
            repeat {
                let end = size < body.count - start ? start + size : body.count
                scan.feed(body.span.extracting(start..<end), isLast: isWhole && end == body.count)
                start = end
            } while start < body.count
            return scan.model
        }
        #expect(found.allSatisfy { $0 == found[0] }, "\(found)")
        return switch found[0] {
        case .named(let place): String(decoding: body[place.range], as: UTF8.self)
        case .absent: "-"
        case .beyond: ">"
        case .unclear: "?"
        }
    }

    // MARK: Objects

    @Test func anObjectNamesItsModelThoughItsEndIsMissing() {
        #expect(find(#"{"input":"x","model":"omni"}"#) == "omni")
        #expect(find(#"{"prompt":"a cat","model":"dall-e","image":"AAAA"#, isWhole: false) == "dall-e")
        #expect(find(#"{"prompt":"a cat","image":"AAAA"#, isWhole: false) == ">")
        #expect(find(#"{"nested":{"model":"no"},"n":1}"#) == "-" && find("{}") == "-" && find("") == "-")
        #expect(find(" {\n\"a\" : [1, {\"b\":[]}, -2.5e+3], \"ü\\\"\":null,\"model\"\t: \"größe\" }\r\n") == "?")
        #expect(find(" {\n\"a\" : [1, {\"b\":[]}, -2.5e+3], \"ü\":null,\"model\"\t: \"größe\" }\r\n") == "größe")
        #expect(find(#"{"a":"\\\"}","model":"m","b":true}"#) == "m")
    }

    /// Each of these is read as naming another model by some parser, or may be.
    @Test(arguments: [
        #"{"model":"m\u0061"}"#, #"{"model":7}"#, #"{"model":["m"]}"#, #"{"model":"cheap","model":"dear"}"#,
        #"{"model":"cheap","Model":"dear"}"#, #"{"MODEL":"dear"}"#, #"{"model":"cheap","mod\u0065l":"dear"}"#,
        #"{"model":"cheap"}{"model":"dear"}"#, #"{"model":"cheap","a":[},"model":"dear"}"#,
        #"{"model":"cheap"/*","*/,"model":"dear"}"#, #"{"model":"cheap",'a':'","model":"dear"}"#,
        #"{"model":"cheap",model:"dear"}"#, #"{"model":"cheap" "model":"dear"}"#, #"{"model":"cheap""#,
        "\u{FEFF}{\"model\":\"dear\"}", "{\0\"\0m\0", "[]", "[{\"model\":\"dear\"}]", "model=dear", "{", " ", "null",
    ])
    func whatIsNoPlainObjectIsUnclear(body: String) {
        #expect(find(body) == "?")
    }

    @Test func whatFollowsOnAFoundNameIsReadToo() {
        let filler = #""input":""# + String(repeating: "x", count: 20_000) + #"","#
        #expect(find(#"{"model":"cheap",\#(filler)"n":1}"#) == "cheap")
        #expect(find(#"{"model":"cheap",\#(filler)"model":"secret"}"#) == "?")
        #expect(find(#"{"model":"cheap","a":"# + String(repeating: "[", count: 129), isWhole: false) == "?")
    }

    @Test(arguments: [
        ("application/json; charset=UTF-8", "m"), ("", "m"), ("text/plain", "m"), ("application/json;", "m"),
        ("application/json; charset=utf-7", "?"), ("application/json; charset=\"utf-16\"", "?"),
        ("application/x-www-form-urlencoded", "?"), ("application/json, multipart/form-data; boundary=b", "?"),
    ])
    func theTypeMustNotMeanSomethingElse(type: String, expected: String) {
        #expect(find(#"{"model":"m"}"#, type) == expected)
    }

    // MARK: Forms

    private static let type = "multipart/form-data; boundary=\"x--y\""
    private static let form =
        "--x--y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nname=\"model\"\r\n\r\n--x\r\n"
        + "--x--y\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--x--y--\r\n"

    @Test(arguments: [
        (type, "whisper-1"), ("Multipart/Form-Data;boundary=x--y; charset=utf-8", "whisper-1"),
        ("multipart/form-data ; Boundary=x--y;", "whisper-1"), ("multipart/form-data; boundary=other", "?"),
        ("multipart/form-data; boundary=", "?"), ("multipart/form-data", "?"),
        ("multipart/form-data; xboundary=a; boundary=x--y", "whisper-1"),
        ("multipart/form-data; xboundary=x--y", "?"), ("multipart/form-data; boundary=x--y; boundary=b", "?"),
        ("multipart/form-data; boundary*=x--y", "?"), ("multipart/form-data; boundary=\"x--y", "?"),
        ("multipart/form-data; boundary=\"x;y\"", "?"), ("multipart/form-data; boundary=x--y b", "?"),
    ])
    func theTypeOfAFormTellsItsBoundary(type: String, expected: String) {
        #expect(find(NamedModelTests.form, type) == expected)
    }

    /// A name that may go on behind the cut is none yet.
    @Test func noCutGivesAnotherName() {
        let whole = NamedModelTests.form
        let end = whole.utf8.count - 2
        for count in 0..<whole.utf8.count {
            let cut = String(decoding: Array(whole.utf8).prefix(count), as: UTF8.self)
            let found = find(cut, NamedModelTests.type, isWhole: false)
            #expect(found == (count >= end ? "whisper-1" : ">"), "cut at \(count)")
        }
    }

    private func parts(_ parts: (head: String, content: String)..., end: String = "--b--\r\n") -> String {
        find(
            parts.map { "--b\r\n\($0.head)\r\n\r\n\($0.content)\r\n" }.joined() + end, "multipart/form-data; boundary=b"
        )
    }

    private static let model = "Content-Disposition: form-data; name=\"model\""
    private static let file = "Content-Disposition: form-data; name=\"file\"; filename=\"model\""

    @Test(arguments: [
        "Content-Disposition: form-data;\tname=\"model\"", "Content-Disposition: form-data; Name=\"model\"",
        "Content-Disposition:form-data;name=model",
        "Content-Type: text/plain\r\ncontent-disposition: Form-Data; name=model",
        "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 5",
    ])
    func aPartIsTheModelsHoweverItIsWritten(head: String) {
        #expect(parts((head, "cheap")) == "cheap")
        #expect(parts((NamedModelTests.file, "x"), (head, "cheap"), end: "--b--") == "cheap")
        #expect(parts((NamedModelTests.model, "cheap"), (NamedModelTests.file, "x"), (head, "secret")) == "?")
    }

    @Test func aFileIsNoModel() {
        #expect(parts((NamedModelTests.file, "x")) == "-")
        #expect(parts((NamedModelTests.file, "--"), (NamedModelTests.model, ""), end: "--b--\r\nbye") == "")
        let long = "X-Long: " + String(repeating: "x", count: 9_000)
        #expect(parts(("\(NamedModelTests.file)\r\n\(long)", "x"), (NamedModelTests.model, "cheap")) == "?")
    }

    @Test(arguments: [
        "Content-Disposition: form-data; name=\"Model\"",
        "Content-Disposition: form-data; name=\"model\"; filename=\"a\"",
        "Content-Disposition: form-data; name*=utf-8''model", "Content-Disposition: form-data", "X: y", " a: b",
        "Content-Disposition: form-data; name=\"a\"; name=\"model\"",
        "Content-Disposition: form-data; name=\"a\\\"; b=\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"model\"",
        "Content-Disposition: form-data;\r\n name=\"model\"", "Content-Disposition : form-data; name=\"model\"",
        "Content-Disposition: form-data; name=\"a\"\nContent-Disposition: form-data; name=\"model\"", "",
        "Content-Disposition: attachment; name=\"model\"", "Content-Disposition: form-data; name = \"model\"",
        "Content-Disposition: form-data; name=\"a\"; x=\"--b\"",
    ])
    func anOddHeadIsUnclear(head: String) {
        #expect(parts((head, "secret")) == "?")
        #expect(parts((NamedModelTests.model, "cheap"), (head, "secret")) == "?")
    }

    /// A part that only some readers see.
    @Test(arguments: [
        "\n--b\r\n", "\r--b\r\n", "--b\r\n", "\r\n--b\n", "\r\n--b \r\n", "\r\n--bb\r\n", "\r\n--b-\r\n",
        "\r\n--b--x\r\n",
        "\r\n--b--\r\n\r\n--b\r\n", "---b\r\n",
    ])
    func whatOnlySomeTakeForADelimiterIsUnclear(delimiter: String) {
        let fake = "RIFF\(delimiter)\(NamedModelTests.model)\r\n\r\ncheap"
        #expect(parts((NamedModelTests.file, fake), (NamedModelTests.model, "secret")) == "?")
        #expect(parts((NamedModelTests.model, "cheap"), (NamedModelTests.file, fake)) == "?")
    }

    @Test func whatStandsBeforeOrBehindTheFormIsNone() {
        let form = "--b\r\n\(NamedModelTests.model)\r\n\r\ncheap\r\n--b--"
        let type = "multipart/form-data; boundary=b"
        #expect(find(form, type) == "cheap" && find("\r\n\(form)", type) == "cheap")
        #expect(find("\(NamedModelTests.model)\r\n\r\nsecret\r\n\(form)", type) == "?")
        #expect(find(String(form.dropLast(2)), type) == "?" && find("", type) == "-")
        #expect(find("--b--\r\n", type) == "-" && find("--b", type) == "?" && find("{}", type) == "?")
    }

    /// The boundaries that browsers choose begin like what stands before them.
    @Test func aBoundaryMayBeginWithItself() {
        let body = "----a--a-b\r\n\(NamedModelTests.model)\r\n\r\n----a--a--a-\r\n------a--a\r\n----a--a-b--\r\n"
        #expect(find(body, "multipart/form-data; boundary=--a--a-b") == "----a--a--a-\r\n------a--a")
        #expect(find("----a\r\n", "multipart/form-data; boundary=--a--a-b", isWhole: false) == ">")
    }

    @Test func anyBytesAreReadToTheirEnd() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = Array("-x\r\n\":;= model{}[],\\nam".utf8)
        let types = [Array("multipart/form-data; boundary=x".utf8), Array("application/json".utf8)]
        for _ in 0..<5_000 {
            let front =
                Array("--x\r\n".utf8.prefix(random.below(6)))
                + (0..<random.below(80)).map { _ in alphabet[random.below(alphabet.count)] }
            for type in types {
                var scan = ModelScan(contentType: type.span)
                scan.feed(front.span, isLast: false)
                if case .named(let found) = scan.model {
                    #expect(0 <= found.start && found.start <= found.end, "seed \(seed)")
                    #expect(Int(found.end) <= front.count, "seed \(seed)")
                }
            }
        }
    }
}
