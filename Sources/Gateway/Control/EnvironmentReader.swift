// Typed values out of the environment. An empty value counts as unset; one that cannot be read ends the start.

import Store

struct EnvironmentReader {
    let environment: [String: String]
    let readFile: (String) throws(PrivateFile.Fault) -> [UInt8]

    func text(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }

    /// What stands between commas, without blanks around it.
    func list(_ name: String, _ standard: String = "") -> [String] {
        (text(name) ?? standard).split(separator: ",").map { EnvironmentReader.trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// Go's spellings: 1, t, T, TRUE, true, True and their opposites.
    func flag(_ name: String, _ standard: Bool) throws(ConfigurationFault) -> Bool {
        switch text(name) {
        case nil: return standard
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        case let value?: throw ConfigurationFault(variable: name, reason: "'\(value)' is neither true nor false")
        }
    }

    func number(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(ConfigurationFault) -> Int {
        guard let value = text(name) else { return standard }
        guard let number = Int(value), range.contains(number) else {
            throw ConfigurationFault(
                variable: name,
                reason: "'\(value)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func real(_ name: String, _ standard: Double, in range: ClosedRange<Double>) throws(ConfigurationFault) -> Double {
        guard let value = text(name) else { return standard }
        guard let number = Double(value), range.contains(number) else {
            throw ConfigurationFault(
                variable: name, reason: "'\(value)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value itself, or the content of the file that `<name>_FILE` names, without the line end behind it.
    func secret(_ name: String) throws(ConfigurationFault) -> Secret? {
        let fileName = "\(name)_FILE"
        let value = text(name)
        guard let path = text(fileName) else { return value.map { Secret(Array($0.utf8)) } }
        if value != nil {
            throw ConfigurationFault(variable: fileName, reason: "\(name) is set as well; only one of them can count")
        }
        var bytes: [UInt8]
        do throws(PrivateFile.Fault) {
            bytes = try readFile(path)
        } catch {
            throw ConfigurationFault(variable: fileName, reason: "\(path): \(error)")
        }
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else { throw ConfigurationFault(variable: fileName, reason: "\(path) is empty") }
        return Secret(bytes)
    }
}
