/// One Swift file, with what is code in it told from comments and text.
struct SourceFile: CustomStringConvertible {
    /// From the package's root.
    let path: String
    let text: String
    /// The lines without comments and without the content of string literals.
    let code: [String]
    /// Every word of the code.
    private let words: Set<String>

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = SourceFile.stripped(text)
        var words: Set<String> = []
        for line in code {
            // Letters, digits, `_` and `@` make words.
            let parts = line.utf8.split { byte in
                !(byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
                    || byte == 0x40)
            }
            for part in parts { words.insert(String(decoding: part, as: UTF8.self)) }
        }
        self.words = words
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

    /// Works on bytes: characters cost a debug build seconds.
    private static func stripped(_ text: String) -> [String] {
        enum Inside: Equatable { case code, blockComment(Int), text(end: [UInt8]) }
        let (quote, hash, slash, star, backslash, newline) = (0x22, 0x23, 0x2F, 0x2A, 0x5C, 0x0A)
        let bytes = Array(text.utf8).map { Int($0) } + [newline]
        var inside = Inside.code
        var result: [String] = []
        var kept: [UInt8] = []
        var at = 0
        func byte(_ offset: Int) -> Int { at + offset < bytes.count ? bytes[at + offset] : 0 }
        while at < bytes.count {
            let now = bytes[at]
            if now == newline {
                result.append(String(decoding: kept, as: UTF8.self))
                kept.removeAll()
                // A plain literal ends with its line at the latest, whatever an interpolation did to the count of quotes.
                if case .text(let end) = inside, end.prefix(3) != [0x22, 0x22, 0x22] { inside = .code }
                at += 1
                continue
            }
            switch inside {
            case .code:
                if now == slash && byte(1) == slash {
                    while bytes[at] != newline { at += 1 }
                } else if now == slash && byte(1) == star {
                    inside = .blockComment(1)
                    at += 2
                } else if now == quote || now == hash {
                    var hashes = 0
                    while byte(hashes) == hash { hashes += 1 }
                    guard byte(hashes) == quote else {
                        kept.append(UInt8(now))
                        at += 1
                        continue
                    }
                    let quotes = byte(hashes + 1) == quote && byte(hashes + 2) == quote ? 3 : 1
                    inside = .text(end: Array(repeating: 0x22, count: quotes) + Array(repeating: 0x23, count: hashes))
                    kept += [0x22, 0x22]
                    at += hashes + quotes
                } else {
                    kept.append(UInt8(now))
                    at += 1
                }
            case .blockComment(let depth):
                if now == star && byte(1) == slash {
                    inside = depth == 1 ? .code : .blockComment(depth - 1)
                    at += 2
                } else if now == slash && byte(1) == star {
                    inside = .blockComment(depth + 1)
                    at += 2
                } else {
                    at += 1
                }
            case .text(let end):
                if now == backslash && end.last != 0x23 {
                    at += 2
                } else if now == quote && end.indices.allSatisfy({ byte($0) == Int(end[$0]) }) {
                    inside = .code
                    at += end.count
                } else {
                    at += 1
                }
            }
        }
        return text.utf8.last == 0x0A ? result.dropLast() : result
    }
}
