// Where the database is: a plain path, a `file:` URI with `_pragma` parameters, or `:memory:`.

package struct DataSource: Sendable, Equatable {
    /// `nil` for a database in memory.
    package private(set) var path: String?
    package private(set) var busyTimeoutMS = Limits.busyTimeoutMS
    /// Pragmas beyond our own, from a closed list.
    private(set) var pragmas: [(name: String, value: Int64)] = []

    /// The directory that token files go to; `nil` for a database in memory.
    package var directory: String? {
        guard let path else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    package static func == (left: DataSource, right: DataSource) -> Bool {
        left.path == right.path && left.busyTimeoutMS == right.busyTimeoutMS
            && left.pragmas.elementsEqual(right.pragmas) { $0 == $1 }
    }

    package init(_ text: String) throws(StoreFault) {
        guard text.hasPrefix("file:") else {
            guard !text.isEmpty, !text.contains("\0") else { throw .badSource("the database name is empty") }
            path = text == ":memory:" ? nil : text
            return
        }
        var rest = text.dropFirst(5)
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let question = rest.firstIndex(of: "?")
        var name = question.map { rest[..<$0] } ?? rest
        if name.hasPrefix("//") {
            // An authority: RFC 8089 allows none or `localhost`.
            name = name.dropFirst(2)
            if name.hasPrefix("localhost/") { name = name.dropFirst(9) }
            guard name.hasPrefix("/") else { throw .badSource("file: URI names another host") }
        }
        guard let decoded = DataSource.percentDecoded(name), !decoded.isEmpty else {
            throw .badSource("file: URI has no valid path")
        }
        path = decoded == ":memory:" ? nil : decoded
        if let question {
            for parameter in rest[rest.index(after: question)...].split(separator: "&") { try take(parameter) }
        }
    }

    private mutating func take(_ parameter: Substring) throws(StoreFault) {
        let equals = parameter.firstIndex(of: "=") ?? parameter.endIndex
        let name = parameter[..<equals]
        guard let value = DataSource.percentDecoded(parameter[equals...].dropFirst()) else {
            throw .badSource("bad escape in parameter \(name)")
        }
        switch name {
        case "_pragma": try takePragma(value)
        case "mode":
            if value == "memory" {
                path = nil
            } else if value != "rwc" && value != "rw" {
                throw .badSource("mode=\(value) is not supported: the gateway writes")
            }
        // The original's driver reads these; they change nothing for us.
        case "_txlock", "_time_format", "cache": break
        default: throw .badSource("unknown parameter \(name)")
        }
    }

    private mutating func takePragma(_ text: String) throws(StoreFault) {
        let parts = text.split(whereSeparator: { $0 == "(" || $0 == ")" || $0 == "=" })
        guard parts.count == 2 else { throw .badSource("_pragma=\(text) is not name(value)") }
        let name = parts[0].lowercased()
        switch name {
        // Ours are at least as safe, and not for sale.
        case "journal_mode", "synchronous", "foreign_keys": return
        case "busy_timeout", "cache_size", "mmap_size", "wal_autocheckpoint", "temp_store":
            guard let value = Int64(parts[1]) else { throw .badSource("_pragma=\(text) wants a number") }
            if name != "busy_timeout" {
                pragmas.append((name, value))
            } else if (0...600_000).contains(value) {
                busyTimeoutMS = Int(value)
            } else {
                throw .badSource("_pragma=\(text) wants 0 to 600000 milliseconds")
            }
        default: throw .badSource("_pragma=\(text) is not known")
        }
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte != 0x25 {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                decoded[0] != 0
            else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Makes the missing directories (0700) and the file (0600), so that SQLite's own 0644 is never seen.
    func prepareFile() throws(StoreFault) {
        guard let path, let directory else { return }
        do throws(PrivateFile.Fault) {
            try PrivateFile.makeDirectory(directory)
            try PrivateFile.create(path)
        } catch {
            throw .unwritable("\(path): \(error)")
        }
    }
}
