import Testing

/// The support matrix is the listing of Tests/Fixtures; docs/dialects.md shows it.
struct MatrixTests {
    private static let begin = "<!-- cases: written by MatrixTests -->\n"
    private static let end = "<!-- end of cases -->\n"

    @Test func theDocumentShowsTheListing() throws {
        let document = String(decoding: try #require(Fixture.read("../../docs/dialects.md")), as: UTF8.self)
        let start = try #require(Self.place(of: Self.begin, in: document)).upperBound
        let stop = try #require(Self.place(of: Self.end, in: document)).lowerBound
        let table = Self.requests() + "\n" + Self.answers() + "\n" + Self.streams()
        Fixture.expect(document[..<start] + table + document[stop...], is: "../../docs/dialects.md")
    }

    /// Requests of each wire's clients, for providers of the others.
    private static func requests() -> String {
        var lines = [
            "| request | client | chat provider | messages provider | left out for chat | left out for messages |",
            "|---|---|---|---|---|---|",
        ]
        for (client, folder) in [("chat", "requests"), ("messages", "messages"), ("responses", "responses")] {
            let files = Set(Fixture.names(in: folder, ending: ""))
            for name in cases(files, ending: ".json") {
                let cells = ["chat", "messages"].map { wire in
                    client == wire ? "=" : files.contains("\(name).\(wire).json") ? "✓" : "–"
                }
                let dropped = ["chat", "messages"].map { wire in
                    let bytes = Fixture.read("\(folder)/\(name).\(wire).dropped") ?? []
                    let names = String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined()
                    return names.isEmpty ? "" : "`\(names)`"
                }
                lines.append(row([name, client] + cells + dropped))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func answers() -> String {
        table("answer", [("chat", "answers/chat"), ("messages", "answers/messages")], ending: ".json")
    }

    private static func streams() -> String {
        table("stream", [("chat", "streams"), ("messages", "streams/messages")], ending: ".sse")
    }

    /// Answers of each wire's providers, for clients of the others.
    private static func table(_ title: String, _ folders: [(wire: String, folder: String)], ending: String) -> String {
        var lines = [
            "| \(title) | provider | chat client | messages client | responses client |", "|---|---|---|---|---|",
        ]
        for (provider, folder) in folders {
            let files = Set(Fixture.names(in: folder, ending: ""))
            for name in cases(files, ending: ending) {
                let cells = ["chat", "messages", "responses"].map { wire in
                    provider == wire ? "=" : files.contains("\(name).\(wire)\(ending)") ? "✓" : "–"
                }
                lines.append(row([name, provider] + cells))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cases(_ files: Set<String>, ending: String) -> [String] {
        files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.filter { !$0.contains(".") }
            .sorted()
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func place(of mark: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(mark) { return start..<text.index(start, offsetBy: mark.count) }
            start = text.index(after: start)
        }
        return nil
    }
}
