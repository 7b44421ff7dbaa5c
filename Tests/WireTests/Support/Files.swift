// Files of the test data: in the package, and in the shared folder beside it.

import Glibc

// Fence: stdio and directory streams, opened and closed within one call.
enum Files {
    /// The folder that holds Package.swift.
    static let package: String = {
        var parts = #filePath.split(separator: "/")
        while !parts.isEmpty {
            let folder = "/" + parts.joined(separator: "/")
            if unsafe access(folder + "/Package.swift", R_OK) == 0 { return folder }
            parts.removeLast()
        }
        fatalError("no Package.swift above \(#filePath)")
    }()

    /// The data that others wrote; `nil` where it was not put.
    static func shared(_ name: String) -> String? {
        let path = package + "/../shared/data/" + name
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    static func bytes(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { fatalError("cannot open \(path)") }
        defer { unsafe fclose(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            // SAFETY: the array holds as many bytes as are asked for.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            if count == 0 { return all }
            all += chunk[..<count]
        }
    }

    /// Names in a folder, sorted, without those that begin with a dot; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // SAFETY: d_name is a terminated string inside the entry, which lives until the next readdir.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
