import Testing
import Wire

struct JSONScanTests {
    private static func fault(_ text: String) -> JSONFault? { verdict(Array(text.utf8)) }

    @Test(arguments: [
        ("", 0, JSONFault.Reason.endsEarly), (" ", 1, .endsEarly), ("{", 1, .endsEarly), ("[1", 2, .endsEarly),
        ("\"a", 2, .endsEarly), ("\"\\", 2, .endsEarly), ("\"\\u12", 5, .endsEarly), ("tru", 3, .endsEarly),
        ("-", 1, .endsEarly), ("1.", 2, .endsEarly), ("1e", 2, .endsEarly), ("1e+", 3, .endsEarly),
        ("{\"a\"", 4, .endsEarly), ("{\"a\":", 5, .endsEarly), ("{\"a\":1,", 7, .endsEarly), ("[1,", 3, .endsEarly),
        ("[1,]", 3, .unexpectedByte), ("{\"a\":1,}", 7, .unexpectedByte), ("{a:1}", 1, .unexpectedByte),
        ("[1 2]", 3, .unexpectedByte), ("{\"a\" 1}", 5, .unexpectedByte), ("[1}", 2, .unexpectedByte),
        ("{\"a\":1]", 6, .unexpectedByte), ("]", 0, .unexpectedByte), ("[,1]", 1, .unexpectedByte),
        ("'a'", 0, .unexpectedByte),
        ("+1", 0, .unexpectedByte), (".5", 0, .unexpectedByte), ("NaN", 0, .unexpectedByte),
        ("[01]", 2, .unexpectedByte),
        ("01", 1, .trailingBytes), ("1 1", 2, .trailingBytes), ("{}x", 2, .trailingBytes), ("nullx", 4, .trailingBytes),
        ("\"a\u{1}\"", 2, .controlByte), ("\"a\nb\"", 2, .controlByte), ("\"a long enough text \t\"", 20, .controlByte),
        ("\"\\x\"", 2, .escape), ("\"\\u12g4\"", 5, .escape), ("\"\\'\"", 2, .escape), ("nulx", 3, .literal),
        ("True", 0, .unexpectedByte), ("tRue", 1, .literal), ("fals", 4, .endsEarly), ("-a", 1, .number),
        ("1.a", 2, .number),
        ("1.e5", 2, .number), ("1ea", 2, .number), ("1e+-1", 3, .number), ("--1", 1, .number),
        ("1\u{A0}", 1, .trailingBytes), ("\u{FEFF}1", 0, .unexpectedByte),
    ])
    func faultsAreFoundAtTheFirstByteThatCannotBe(text: String, position: Int, reason: JSONFault.Reason) {
        #expect(Self.fault(text) == JSONFault(position: position, reason: reason))
        fuzzJSON(Array(text.utf8))
    }

    @Test(arguments: [
        ([0x22, 0x80, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0xC2, 0x22], 2),
        ([0x22, 0xE0, 0x9F, 0xBF, 0x22], 2),
        ([0x22, 0xED, 0xA0, 0x80, 0x22], 2), ([0x22, 0xE4, 0xBD, 0x22], 3), ([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], 2),
        ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 2), ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1), ([0x22, 0xFF, 0x22], 1),
        ([0x22, 0xF0, 0x9F, 0x98, 0x22], 4),
    ])
    func stringsMustBeUTF8(bytes: [UInt8], position: Int) {
        #expect(verdict(bytes) == JSONFault(position: position, reason: .notUTF8))
        fuzzJSON(bytes)
        // The same behind more than a block of plain bytes.
        let long = [0x22] + [UInt8](repeating: 0x61, count: 40) + bytes[1...]
        #expect(verdict(long) == JSONFault(position: position + 40, reason: .notUTF8))
        fuzzJSON(long)
    }

    @Test func sequencesOfBytesAreUTF8WhenTheStandardLibrarySaysSo() {
        let edges: [UInt8] = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE1, 0xFF]
        for lead in UInt8(0x80)...0xFF {
            for second in edges {
                for third in [0x41, 0x7F, 0x80, 0xBF, 0xC0] as [UInt8] {
                    for fourth in [0x41, 0x80, 0xBF, 0xE1] as [UInt8] {
                        let bytes = [lead, second, third, fourth]
                        let isText = String(validating: bytes, as: UTF8.self) != nil
                        // A NUL is text, but not inside a JSON string.
                        let expected = isText && !bytes.contains(0)
                        let quoted = [0x22] + bytes + [0x22]
                        if (verdict(quoted) == nil) != expected || (verdict(quoted, cutAt: [2, 6]) == nil) != expected {
                            Issue.record("\(bytes)")
                            return
                        }
                    }
                }
            }
        }
    }

    @Test func everyCharacterOfUnicodePassesAndComesBack() {
        var text = "\""
        for scalar in stride(from: UInt32(0x20), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(scalar), scalar != "\"", scalar != "\\" else { continue }
            text.unicodeScalars.append(scalar)
        }
        let bytes = Array((text + "\"").utf8)
        #expect(verdict(bytes) == nil)
        #expect(JSONScan.string(bytes.span, ByteRange(0, bytes.count)) == String(text.dropFirst()))
    }

    @Test func depthIsBoundedExactly() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let fits = String(repeating: open, count: 128) + "1" + String(repeating: close, count: 128)
            #expect(Self.fault(fits) == nil)
            let deep = String(repeating: open, count: 129)
            #expect(Self.fault(deep) == JSONFault(position: 128 * open.utf8.count, reason: .tooDeep))
            fuzzJSON(Array(deep.utf8))
        }
        #expect(throws: JSONFault(position: 0, reason: .tooDeep)) {
            try JSONScan.validate(latin1("[]").span, depthMax: 0)
        }
        #expect(throws: JSONFault(position: 1, reason: .tooDeep)) {
            try JSONScan.validate(latin1("[[]]").span, depthMax: 1)
        }
        #expect(throws: Never.self) { try JSONScan.validate(latin1("[[],[]]").span, depthMax: 2) }
    }

    @Test func oneValueIsValidatedWhereItStands() throws {
        let bytes = latin1("xx {\"a\":[1,2]} yy")
        #expect(try JSONScan.validateValue(bytes.span, from: 2) == 14)
        #expect(throws: JSONFault(position: 15, reason: .unexpectedByte)) {
            try JSONScan.validateValue(bytes.span, from: 14)
        }
    }

    @Test func membersAtTheTopAreRecordedInOnePass() throws {
        let bytes = latin1(
            " { \"model\" : \"gpt\" ,\"n\":-1.5e3,\"b\":true,\"z\":null,\"a\":[1,[2]],\"o\":{\"model\":1},\"esc\\u0061\":\"\" } "
        )
        var members = JSONMembers()
        try JSONScan.topLevelMembers(bytes.span, into: &members)
        #expect(members.count == 7 && members.isTruncated == false && members.hasDuplicateNames == false)
        let kinds: [JSONKind] = [.string, .number, .bool, .null, .array, .object, .string]
        for index in 0..<7 { #expect(members[index].kind == kinds[index]) }
        #expect(members.member(named: "model", in: bytes.span).map { text(bytes, $0.value) } == "\"gpt\"")
        #expect(members.member(named: "n", in: bytes.span).map { text(bytes, $0.value) } == "-1.5e3")
        #expect(members.member(named: "a", in: bytes.span).map { text(bytes, $0.value) } == "[1,[2]]")
        #expect(members.member(named: "esca", in: bytes.span).map { text(bytes, $0.value) } == "\"\"")
        #expect(members.member(named: "mode", in: bytes.span) == nil)
        #expect(members[6].isNameEscaped == true)
    }

    @Test(arguments: [
        ("[]", 0, JSONFault.Reason.notAnObject), (" 1", 1, .notAnObject), ("", 0, .endsEarly),
        ("{} x", 3, .trailingBytes),
        ("{\"a\":1,\"b\":tru}", 14, .literal), ("{\"a\":1 \"b\"", 7, .unexpectedByte),
        ("{\"a\":[}", 6, .unexpectedByte),
    ])
    func aTopThatIsNoValidObjectIsRefused(text: String, position: Int, reason: JSONFault.Reason) {
        var members = JSONMembers()
        #expect(throws: JSONFault(position: position, reason: reason)) {
            try JSONScan.topLevelMembers(latin1(text).span, into: &members)
        }
    }

    @Test func theTopCountsAsOneLevel() {
        var members = JSONMembers()
        #expect(throws: JSONFault(position: 5, reason: .tooDeep)) {
            try JSONScan.topLevelMembers(latin1("{\"a\":[]}").span, into: &members, depthMax: 1)
        }
        let deep = latin1("{\"a\":" + String(repeating: "[", count: 128))
        #expect(throws: JSONFault(position: 132, reason: .tooDeep)) {
            try JSONScan.topLevelMembers(deep.span, into: &members)
        }
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", true), ("{\"a\":1,\"\\u0061\":2}", true), ("{\"\\u0061\":1,\"a\":2}", true),
        ("{\"\\u0061\":1,\"\\u0061\":2}", true), ("{\"a\":1,\"b\":2,\"ab\":{\"a\":1}}", false),
        ("{\"\":1,\"\":2}", true),
        ("{\"\\\\\":1,\"b\":2}", false),
    ])
    func duplicateNamesAreFlaggedAndTheLastWins(text: String, isDuplicate: Bool) throws {
        var members = JSONMembers()
        try JSONScan.topLevelMembers(latin1(text).span, into: &members)
        #expect(members.hasDuplicateNames == isDuplicate)
        if isDuplicate, text.contains("a") {
            let bytes = latin1(text)
            let last = members.member(named: "a", in: bytes.span)
            #expect(last.flatMap { JSONScan.int(bytes.span, $0.value) } == 2)
            let found = JSONScan.member(of: ByteRange(0, bytes.count), in: bytes.span, named: "a")
            #expect(found == last)
        }
    }

    @Test func manyNamesAreComparedRightly() throws {
        let names = (0..<60).map { "\"name\($0 * 17)\":\($0)" }.joined(separator: ",")
        var members = JSONMembers()
        try JSONScan.topLevelMembers(latin1("{\(names)}").span, into: &members)
        #expect(members.count == 60 && members.hasDuplicateNames == false)
        try JSONScan.topLevelMembers(latin1("{\(names),\"name17\":1}").span, into: &members)
        #expect(members.hasDuplicateNames == true)
    }

    @Test func membersBeyondTheTableAreValidatedAndFlagged() throws {
        let many = (0...Limits.jsonMembersMax).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        var members = JSONMembers()
        try JSONScan.topLevelMembers(latin1("{\(many)}").span, into: &members)
        #expect(members.isTruncated == true && members.count == Limits.jsonMembersMax)
        #expect(throws: JSONFault.self) { try JSONScan.topLevelMembers(latin1("{\(many),}").span, into: &members) }
        try JSONScan.topLevelMembers(latin1("{}").span, into: &members)
        #expect(members.isTruncated == false && members.count == 0)
    }

    @Test(arguments: [
        ("choices.0.delta.content", "\"hi\""), ("choices.1", "7"), ("usage.total_tokens", "12"), ("choices.2", nil),
        ("choices.-1", nil), ("choices.", nil), ("choices.x", nil), ("usage.none", nil), ("usage.total_tokens.x", nil),
        ("q\"uote", "1"), ("", nil), ("choices.99999999999999999999", nil),
    ])
    func pathsLeadToValues(path: String, value: String?) {
        let bytes = latin1(
            #"{"choices":[{"delta":{"content":"hi"}},7],"usage":{"total_tokens":5,"total_tokens":12},"q\"uote":1}"#)
        let root = ByteRange(0, bytes.count)
        let found: JSONMember? =
            switch path {
            case "choices.0.delta.content": JSONScan.find("choices.0.delta.content", in: bytes.span, from: root)
            case "choices.1": JSONScan.find("choices.1", in: bytes.span, from: root)
            case "usage.total_tokens": JSONScan.find("usage.total_tokens", in: bytes.span, from: root)
            case "choices.2": JSONScan.find("choices.2", in: bytes.span, from: root)
            case "choices.-1": JSONScan.find("choices.-1", in: bytes.span, from: root)
            case "choices.": JSONScan.find("choices.", in: bytes.span, from: root)
            case "choices.x": JSONScan.find("choices.x", in: bytes.span, from: root)
            case "usage.none": JSONScan.find("usage.none", in: bytes.span, from: root)
            case "usage.total_tokens.x": JSONScan.find("usage.total_tokens.x", in: bytes.span, from: root)
            case "q\"uote": JSONScan.find("q\"uote", in: bytes.span, from: root)
            case "": JSONScan.find("", in: bytes.span, from: root)
            default: JSONScan.find("choices.99999999999999999999", in: bytes.span, from: root)
            }
        #expect(found.map { text(bytes, $0.value) } == value)
    }
}
