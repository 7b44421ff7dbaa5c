import Testing
import Wire

struct HTTPCorporaTests {
    /// Cases whose expected answer is not the parser's to give, or that RFC 9112 lets us answer otherwise; each with the reason.
    static let explained: [String: String] = [:]

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
            let (whole, cut) = entry.run()
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
