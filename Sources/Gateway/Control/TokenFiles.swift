// The files beside the database that scripts read tokens from, each with mode 0600.

import Store

package struct TokenFiles: Sendable, Equatable {
    package let directory: String

    package var adminTokenPath: String { "\(directory)/.admin-token" }
    package var hostKeyPath: String { "\(directory)/.host-api-key" }
    package var environmentPath: String { "\(directory)/env" }

    /// The first line of a file; `nil` when there is none.
    func read(_ path: String) throws(PrivateFile.Fault) -> Secret? {
        do throws(PrivateFile.Fault) {
            let bytes = try PrivateFile.read(path, bytesMax: ControlLimits.secretFileBytesMax, mustBePrivate: false)
            let line = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
            return line.isEmpty ? nil : Secret(line)
        } catch .absent {
            return nil
        }
    }

    func write(_ secret: Secret, to path: String) throws(PrivateFile.Fault) {
        try PrivateFile.write(TokenFiles.bytes(of: secret) + [0x0A], to: path)
    }

    /// Sets the variables given and leaves the others as they are. An admin token that came from the environment is not
    /// among them: whoever set it there keeps it where it is.
    func writeEnvironment(_ variables: [(name: String, value: Secret)]) throws(PrivateFile.Fault) {
        var lines: [[UInt8]] = []
        do throws(PrivateFile.Fault) {
            let bytes = try PrivateFile.read(
                environmentPath, bytesMax: ControlLimits.secretFileBytesMax, mustBePrivate: false)
            lines = bytes.split(separator: 0x0A).map(Array.init)
        } catch .absent {
            lines = []
        }
        for (name, value) in variables {
            let start = Array("\(name)=".utf8)
            lines.removeAll { $0.starts(with: start) }
            lines.append(start + TokenFiles.bytes(of: value))
        }
        try PrivateFile.write(Array(lines.joined(separator: [0x0A])) + [0x0A], to: environmentPath)
    }

    static func bytes(of secret: Secret) -> [UInt8] {
        let bytes = secret.bytes
        return bytes.indices.map { bytes[$0] }
    }
}
