import Testing

/// The page that says which test proves what names tests that exist.
struct ExpectationsTests {
    static let page = SourceTree.read(SourceTree.root + "/docs/expectations.md") ?? ""
    static let tests = SourceTree.paths(below: "Tests").filter { $0.hasSuffix(".swift") || $0.hasSuffix(".py") }

    /// What stands between backquotes and reads as the name of a test: its file and the function.
    static func names(in line: Substring) -> [(file: String, function: String)] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { index, span in
            guard index % 2 == 1 else { return nil }
            if let place = span.firstRange(of: ".py::") {
                return (span[..<place.lowerBound] + ".py", "def \(span[place.upperBound...])(")
            }
            let parts = span.split(separator: ".")
            guard parts.count == 2, parts[0].hasSuffix("Tests") else { return nil }
            return (parts[0] + ".swift", "func \(parts[1])(")
        }
    }

    @Test func everyTestNamedExists() {
        var count = 0
        for line in Self.page.split(separator: "\n") {
            for (file, function) in Self.names(in: line) {
                count += 1
                let path = Self.tests.first { $0.hasSuffix("/" + file) }
                let text = path.flatMap { SourceTree.read(SourceTree.root + "/" + $0) } ?? ""
                #expect(text.contains(function), "\(file) has no \(function)")
            }
        }
        #expect(count > 40)
    }

    @Test func everyRowIsThereOnceWithATest() {
        let rows = Self.page.split(separator: "\n").filter { $0.hasPrefix("| W") }
        #expect(rows.map { $0.split(separator: " ")[1] } == (1...13).map { "W\($0)" })
        for row in rows { #expect(!Self.names(in: row).isEmpty, "\(row.prefix(8)) names no test") }
    }
}
