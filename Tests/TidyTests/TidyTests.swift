import Testing

/// What the compiler does not check of the house rules.
struct TidyTests {
    static let sources = SourceTree.swiftFiles(in: ["Sources", "Benchmarks"])
    static let everything = sources + SourceTree.swiftFiles(in: ["Tests"])

    /// What each module may import. Nobody may import Foundation; the package has no dependency to import from.
    static let allowedImports: [String: Set<String>] = [
        "Wire": ["Glibc"],
        "Reactor": ["Wire", "CLinux", "COpenSSL", "CCompress", "Glibc", "Synchronization"],
        "Adapters": ["Wire"],
        "Store": ["CSQLite", "COpenSSL", "Glibc", "Synchronization"],
        "Sim": ["Wire", "Reactor", "Glibc"],
        "Gateway": ["Wire", "Reactor", "Adapters", "Store", "Sim", "Glibc", "Synchronization"],
        "tokenhub": ["Wire", "Reactor", "Adapters", "Store", "Sim", "Gateway", "Glibc"],
        "Load": ["CLinux", "COpenSSL", "Glibc"],
        "Micro": ["Wire", "Reactor", "Adapters", "Store", "Sim", "Gateway", "CAllocations", "Glibc"],
    ]

    @Test func thereAreSourcesToRead() {
        #expect(Self.sources.count > 10, "only \(Self.sources.count) files below \(SourceTree.root)")
    }

    @Test func importsFollowTheDirectionOfTheArchitecture() {
        for file in Self.sources {
            let allowed = Self.allowedImports[file.module]
            #expect(allowed != nil, "\(file): the module \(file.module) is not in the table of allowed imports")
            for name in file.imports {
                #expect(allowed?.contains(name) == true, "\(file) imports \(name)")
            }
        }
    }

    @Test func nobodyImportsFoundation() {
        for file in Self.everything {
            for name in file.imports { #expect(!name.hasPrefix("Foundation"), "\(file) imports \(name)") }
        }
    }

    @Test func onlyListedFencesSayUnsafe() {
        let found = Set(Self.sources.filter { $0.says("unsafe") }.map(\.path))
        for path in found.subtracting(Fences.paths).sorted() {
            Issue.record("\(path) says unsafe and is no listed fence")
        }
        for path in Fences.paths.subtracting(found).sorted() {
            Issue.record("\(path) is listed as a fence and says no unsafe")
        }
    }

    @Test func everyFenceSaysWhatItFences() {
        for file in Self.sources where Fences.paths.contains(file.path) {
            #expect(file.lines.contains { $0.hasPrefix("// Fence: ") }, "\(file) has no '// Fence: ' comment")
        }
    }

    @Test func nothingEscapesTheConcurrencyChecks() {
        for file in Self.sources {
            for line in file.code {
                for way in ["@unchecked Sendable", "nonisolated(unsafe)"] where line.contains(way) {
                    Issue.record("\(file): \(way)")
                }
            }
            for word in ["async", "await", "actor", "Task", "TaskGroup", "DispatchQueue"] {
                if file.says(word) { Issue.record("\(file) says \(word)") }
            }
        }
    }

    @Test func aFileHoldsOneTypeNamedLikeIt() {
        for file in Self.sources {
            let types = file.topLevelTypes
            if file.stem.contains("+") || file.stem == "main" {
                #expect(types.isEmpty, "\(file) is an extension or a main file and declares \(types)")
            } else {
                #expect(types.count <= 1, "\(file) declares \(types)")
                if let type = types.first { #expect(type == file.stem, "\(file) declares \(type)") }
            }
        }
    }

    @Test func everyLimitHasAUnitAndAReason() {
        let units = [
            "byte", "KiB", "MiB", "second", "minute", "hour", "day", "ms", "us", "ns", "percent", "%", "connection",
            "stream",
            "event", "request", "exchange", "attempt", "core", "row", "entr", "level", "depth", "field", "header",
            "token",
            "message", "block", "descriptor", "file", "slot", "hash", "key", "model", "provider", "endpoint", "dollar",
            "thread", "time", "octet", "digit", "character", "failure", "tool", "choice", "sequence", "round",
            "candidate",
            "bucket", "page", "iteration", "lane", "item", "line", "sample", "step", "ratio", "session", "certificate",
        ]
        for file in Self.everything where file.stem == "Limits" {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.contains("static let ") {
                var comment: [Substring] = []
                var above = index - 1
                while above >= 0, let text = lines[above].split(separator: "///", maxSplits: 1).last,
                    lines[above].contains("///")
                {
                    comment.append(text)
                    above -= 1
                }
                let whole = comment.reversed().joined(separator: " ")
                #expect(whole.split(separator: " ").count >= 5, "\(file):\(index + 1): no reason in '\(whole)'")
                #expect(
                    units.contains { whole.lowercased().contains($0.lowercased()) },
                    "\(file):\(index + 1): no unit in '\(whole)'")
            }
        }
    }

    @Test func nothingIsLeftToDoInTheSources() {
        for file in Self.everything {
            // In two pieces, or this file would find itself.
            for mark in ["TO" + "DO", "FIX" + "ME"] where file.text.contains(mark) {
                Issue.record("\(file) says \(mark)")
            }
        }
    }

    @Test func noFileNamesThePlaceItWasWrittenAt() {
        let paths = ["Sources", "Benchmarks", "Tests", "scripts", "docs"].flatMap { SourceTree.paths(below: $0) }
        for path in paths + ["README.md", "Package.swift", ".ci/run"] where !path.hasSuffix(".pyc") {
            guard let text = SourceTree.read(SourceTree.root + "/" + path) else { continue }
            for place in ["/wo" + "rk/", "/tmp/pl" + "an", "/op" + "t/", "/ro" + "ot/", "/ho" + "me/"] {
                if text.contains(place) { Issue.record("\(path) says \(place)") }
            }
        }
    }

    @Test func noFileIsLongerThan500Lines() {
        for file in Self.everything {
            let count = file.lines.count - 1
            #expect(count <= 500, "\(file) has \(count) lines")
        }
    }

    @Test(arguments: [
        ("let a = 1 // unsafe", "let a = 1 "),
        ("let a = \"unsafe\" + b", "let a = \"\" + b"),
        ("let a = #\"un\"safe\"# + b", "let a = \"\" + b"),
        ("a /* unsafe */ b", "a  b"),
        ("let a = \"x\\\"unsafe\"", "let a = \"\""),
    ])
    func commentsAndTextAreNotCode(line: String, code: String) {
        #expect(SourceFile(path: "Sources/A/B.swift", text: line).code == [code])
    }
}
