/// One Swift file, with what is code in it told from comments and text.
struct SourceFile: CustomStringConvertible {
    /// From the package's root.
    let path: String
    let text: String
    /// The lines without comments and without the content of string literals.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = SourceFile.stripped(text)
    }

    var description: String { path }

    /// `Wire` for Sources/Wire/HTTP/A.swift, `Load` for Benchmarks/Load/B.swift.
    var module: String { path.split(separator: "/").dropFirst().first.map { String($0) } ?? "" }

    /// The file's name without folders and `.swift`.
    var stem: String { String((path.split(separator: "/").last ?? "").dropLast(6)) }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The modules it imports.
    var imports: [String] {
        code.compactMap { line in
            let words = line.split(separator: " ").map { String($0) }
            guard let at = words.firstIndex(of: "import"), at <= 2, words.count > at + 1 else { return nil }
            if words[..<at].contains(where: {
                !["public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency"].contains(
                    $0)
            }) {
                return nil
            }
            // `import struct A.B` names the kind before the module.
            let name =
                ["struct", "class", "enum", "func", "protocol", "var", "let", "typealias"].contains(words[at + 1])
                    && words.count > at + 2 ? words[at + 2] : words[at + 1]
            return name.split(separator: ".").first.map { String($0) }
        }
    }

    /// Whether `word` stands in the code as a word of its own.
    func says(_ word: String) -> Bool {
        code.contains { line in
            line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" }).contains {
                $0 == word
            }
        }
    }

    /// The types declared at the top level of the file that others can see.
    var topLevelTypes: [String] {
        code.compactMap { line in
            if line.first.map({ $0.isLetter || $0 == "@" }) != true { return nil }
            let words = line.split(whereSeparator: { " :<{(".contains($0) }).map { String($0) }
            guard let at = words.firstIndex(where: { ["struct", "class", "enum", "protocol"].contains($0) }),
                words.count > at + 1, !words[..<at].contains("private"), !words[..<at].contains("fileprivate"),
                !words[..<at].contains("func"), !words[..<at].contains("import"), !words[..<at].contains("extension")
            else { return nil }
            return words[at + 1]
        }
    }

    private static func stripped(_ text: String) -> [String] {
        enum Inside { case code, blockComment(Int), line(String), block(String) }
        var inside = Inside.code
        var result: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var kept = ""
            var rest = line
            scan: while !rest.isEmpty {
                switch inside {
                case .code:
                    if rest.hasPrefix("//") { break scan }
                    if rest.hasPrefix("/*") {
                        inside = .blockComment(1)
                        rest = rest.dropFirst(2)
                        continue
                    }
                    let hashes = rest.prefix { $0 == "#" }
                    let quoted = rest.dropFirst(hashes.count)
                    if quoted.hasPrefix("\"\"\"") {
                        inside = .block("\"\"\"" + hashes)
                        rest = quoted.dropFirst(3)
                    } else if quoted.hasPrefix("\"") {
                        inside = .line("\"" + hashes)
                        rest = quoted.dropFirst()
                    } else {
                        kept.append(rest.removeFirst())
                    }
                case .blockComment(let depth):
                    if rest.hasPrefix("*/") {
                        inside = depth == 1 ? .code : .blockComment(depth - 1)
                        rest = rest.dropFirst(2)
                    } else if rest.hasPrefix("/*") {
                        inside = .blockComment(depth + 1)
                        rest = rest.dropFirst(2)
                    } else {
                        rest.removeFirst()
                    }
                case .line(let end), .block(let end):
                    if rest.hasPrefix("\\") && !end.hasSuffix("#") {
                        rest = rest.dropFirst(2)
                    } else if rest.hasPrefix(end) {
                        rest = rest.dropFirst(end.count)
                        inside = .code
                        kept += "\"\""
                    } else {
                        rest.removeFirst()
                    }
                }
            }
            // A plain literal ends with its line at the latest, whatever an interpolation in it did to the count of quotes.
            if case .line = inside { inside = .code }
            result.append(kept)
        }
        return result
    }
}
