import Testing
import Wire

struct HTTPCorporaTests {
    /// Cases whose expected answer is not the parser's to give, or that RFC 9112 lets us answer otherwise; each with the reason.
    static let explained: [String: String] = [
        "SMUG-GET-CL-PREFIX-DESYNC": "one empty line in front of a request is skipped, as RFC 9112 section 2.2 asks",
        "SMUG-CL0-BODY-POISON": "the byte behind the request begins the next one, whose deadline then closes",
        "SMUG-GET-CL-BODY-DESYNC": "the body of a GET is read as a body and dropped; it never becomes a head",
        "SMUG-OPTIONS-CL-BODY-DESYNC": "the body of an OPTIONS is read as a body and dropped",
        "SMUG-EXPECT-100-CL-DESYNC": "the body that came without waiting for 100 is read as a body",
        "COMP-UPGRADE-POST": "nobody here speaks another protocol; RFC 9110 section 7.8 lets a server ignore Upgrade",
        "COMP-UPGRADE-MISSING-CONN": "Upgrade is ignored",
        "COMP-UPGRADE-UNKNOWN": "Upgrade is ignored",
        "COMP-UPGRADE-INVALID-VER": "Upgrade is ignored",
        "COMP-UPGRADE-HTTP10": "Upgrade is ignored",
        "COMP-UNKNOWN-METHOD": "a valid token; the Gateway answers 405 or 501 by its routes",
        "COMP-405-ALLOW": "405 and its Allow are the Gateway's, by its routes",
        "COMP-NO-CL-IN-204": "204 is the Gateway's answer, and so are its fields",
    ]

    @Test(.enabled(if: Files.shared("http11probe/cases.json") != nil, "shared/data/http11probe is not there"))
    func everyCaseOfTheProbeIsAnsweredAsItsAuthorsExpect() {
        Self.check("http11probe/cases.json", count: 153)
    }

    @Test(.enabled(if: Files.shared("http-garden/payloads.json") != nil, "shared/data/http-garden is not there"))
    func everyPayloadOfTheGardenIsAnsweredAsItsAuthorsExpect() {
        Self.check("http-garden/payloads.json", count: 74)
    }

    private static func check(_ name: String, count: Int) {
        let cases = CorpusCase.all(in: name)
        #expect(cases.count == count)
        for entry in cases {
            let whole = entry.run(isCut: false)
            let cut = entry.run(isCut: true)
            let (answers, cutAnswers) = (whole.answers, cut.answers)
            #expect(answers == cutAnswers, "\(entry.id) answers otherwise when it comes byte by byte")
            let objection = entry.objection(to: whole)
            if explained[entry.id] == nil {
                #expect(objection == nil, "\(entry.id) \(entry.allowed) \(answers)")
            } else {
                #expect(objection != nil, "\(entry.id) needs no explanation any more")
            }
        }
    }
}
