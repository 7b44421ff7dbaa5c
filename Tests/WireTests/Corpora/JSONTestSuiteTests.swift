import Testing
import Wire

struct JSONTestSuiteTests {
    private static let folder = Files.shared("json-test-suite/test_parsing")

    @Test(.enabled(if: folder != nil, "shared/data/json-test-suite is not there"))
    func everyTextIsAcceptedOrRefusedAsItsNameSays() throws {
        let folder = try #require(Self.folder)
        var counts: [Character: Int] = [:]
        for name in Files.names(in: folder) {
            let bytes = Files.bytes(folder + "/" + name)
            let verdict = verdict(bytes)
            counts[name.first!, default: 0] += 1
            switch name.first {
            case "y": #expect(verdict == nil, "\(name)")
            case "n": #expect(verdict != nil, "\(name)")
            default: break
            }
            // Whole, in pieces, by cursor and through the writer; the i_ cases must survive it, too.
            if bytes.count < 4096 { fuzzJSON(bytes) }
        }
        #expect(counts == ["y": 95, "n": 188, "i": 35])
    }

    @Test(.enabled(if: folder != nil, "shared/data/json-test-suite is not there"))
    func textsThatParsersDisagreeOnAreReadWithoutLoss() throws {
        let folder = try #require(Files.shared("json-test-suite/test_transform"))
        for name in Files.names(in: folder) { fuzzJSON(Files.bytes(folder + "/" + name)) }
    }
}
