import Glibc
import Testing

/// Files under Tests/Fixtures. With `TOKENHUB_UPDATE_FIXTURES=1` in the environment expectations are written, not compared.
enum Fixture {
    static let folder: String = {
        let here = #filePath.split(separator: "/").dropLast(2)
        return "/" + here.joined(separator: "/") + "/Fixtures"
    }()

    static func read(_ name: String) -> [UInt8]? {
        guard let file = unsafe fopen(folder + "/" + name, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }

    /// Names of the files in a folder that end so, sorted, without that end.
    static func names(in place: String, ending: String) -> [String] {
        guard let stream = unsafe opendir(folder + "/" + place) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(ending), !name.hasPrefix(".") { names.append(String(name.dropLast(ending.count))) }
        }
        return names.sorted()
    }

    /// Holds `text` against the file, or writes it there.
    static func expect(_ text: String, is name: String) {
        if unsafe getenv("TOKENHUB_UPDATE_FIXTURES") != nil {
            guard let file = unsafe fopen(folder + "/" + name, "w") else {
                Issue.record("cannot write \(name)")
                return
            }
            for byte in text.utf8 { unsafe putc(Int32(byte), file) }
            unsafe fclose(file)
            return
        }
        guard let expected = read(name) else {
            Issue.record("there is no \(name); TOKENHUB_UPDATE_FIXTURES=1 writes it")
            return
        }
        #expect(text == String(decoding: expected, as: UTF8.self), "\(name)")
    }
}
