// Reads the text of `/metrics` as strictly as promtool does, for the tests.

struct MetricsReader {
    struct Fault: Error { let text: String }

    struct Family {
        var type = ""
        var hasHelp = false
        /// The sample's name and labels as written, and its value.
        var samples: [(key: String, value: Double)] = []
    }

    private(set) var families: [String: Family] = [:]
    private(set) var values: [String: Double] = [:]

    init(_ text: String, isOpenMetrics: Bool = false) throws {
        var current = ""
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "" else { throw Fault(text: "no line feed at the end") }
        if isOpenMetrics { guard lines.popLast() == "# EOF" else { throw Fault(text: "no # EOF") } }
        for line in lines {
            if line.hasPrefix("# ") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                guard words.count == 4 else { throw Fault(text: "\(line)") }
                if words[1] == "HELP" {
                    guard families[words[2]] == nil else { throw Fault(text: "family twice: \(words[2])") }
                    families[words[2]] = Family(hasHelp: true)
                } else {
                    guard words[1] == "TYPE", families[words[2]]?.type == "",
                        ["counter", "gauge", "histogram"].contains(words[3])
                    else { throw Fault(text: "\(line)") }
                    families[words[2]]?.type = words[3]
                    guard isOpenMetrics || (words[3] == "counter") == words[2].hasSuffix("_total") else {
                        throw Fault(text: "counters end in _total: \(line)")
                    }
                }
                current = words[2]
                continue
            }
            try take(line, of: current, isOpenMetrics: isOpenMetrics)
        }
        for (name, family) in families where family.type == "histogram" { try check(name, family) }
    }

    private mutating func take(_ line: Substring, of family: String, isOpenMetrics: Bool) throws {
        guard let blank = line.lastIndex(of: " "), let value = Double(line[line.index(after: blank)...]) else {
            throw Fault(text: "no value: \(line)")
        }
        let key = String(line[..<blank])
        let name = String(key.prefix { $0 != "{" })
        let suffixes: [String] =
            families[family]?.type == "histogram"
            ? ["_bucket", "_sum", "_count"] : [isOpenMetrics && families[family]?.type == "counter" ? "_total" : ""]
        guard suffixes.contains(where: { name == family + $0 }) else { throw Fault(text: "stray sample: \(line)") }
        guard values[key] == nil else { throw Fault(text: "sample twice: \(key)") }
        if key != name { try checkLabels(key.dropFirst(name.count)) }
        values[key] = value
        families[family]?.samples.append((key, value))
    }

    private func checkLabels(_ text: Substring) throws {
        var rest = text
        guard rest.popFirst() == "{", rest.popLast() == "}" else { throw Fault(text: "\(text)") }
        var names: Set<Substring> = []
        while !rest.isEmpty {
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, names.insert(name).inserted, rest.hasPrefix("=\"") else {
                throw Fault(text: "\(text)")
            }
            rest = rest.dropFirst(2)
            while let character = rest.popFirst(), character != "\"" {
                if character == "\\" {
                    guard let escaped = rest.popFirst(), "\\\"n".contains(escaped) else { throw Fault(text: "\(text)") }
                }
                if rest.isEmpty { throw Fault(text: "\(text)") }
            }
            if rest.first == "," { rest = rest.dropFirst() } else if !rest.isEmpty { throw Fault(text: "\(text)") }
        }
    }

    /// Buckets grow, the last is +Inf and equals the count.
    private func check(_ name: String, _ family: Family) throws {
        var before: Double?
        for sample in family.samples {
            if sample.key.hasPrefix("\(name)_bucket") {
                guard sample.value >= before ?? 0 else { throw Fault(text: "a bucket shrinks: \(sample.key)") }
                before = sample.value
                if sample.key.contains("le=\"+Inf\"") { continue }
            } else if sample.key.hasPrefix("\(name)_count") {
                guard sample.value == before else { throw Fault(text: "+Inf is not the count: \(sample.key)") }
                before = nil
            }
        }
    }
}
