// What `tokenhub connect` is asked to do.

internal import Store

package struct ConnectOrder: Sendable {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    private let tool: Tool
    private var url: String
    private var keyPath: String?
    /// Where gateways of this machine leave a key for the programs of its user, the likeliest first.
    private let places: [String]

    /// - Parameter arguments: a tool, then options.
    /// - Parameter environment: `TOKENHUB_URL` and `TOKENHUB_DB_DSN` count as they do elsewhere.
    package init(_ arguments: [String], environment: [String: String]) throws(Fault) {
        guard let name = arguments.first else { throw Fault(description: "connect what? One of \(ConnectOrder.names)") }
        guard let tool = Tool(rawValue: name) else {
            throw Fault(description: "'\(name)' is none of \(ConnectOrder.names)")
        }
        self.tool = tool
        func said(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        url = said("TOKENHUB_URL") ?? "http://localhost:8090"
        let databases = [
            said("TOKENHUB_DB_DSN"), said("HOME").map { "\($0)/.tokenhub/demo/tokenhub.sqlite" },
            Configuration.databaseStandard,
        ]
        places = databases.compactMap { name in
            name.flatMap { (try? DataSource($0))?.directory }.map { TokenFiles(directory: $0).hostKeyPath }
        }
        var index = 1
        while index < arguments.count {
            let name = arguments[index]
            guard name == "--url" || name == "--key-file" else { throw Fault(description: "unknown option '\(name)'") }
            guard index + 1 < arguments.count, !arguments[index + 1].isEmpty else {
                throw Fault(description: "\(name) takes a value")
            }
            if name == "--url" { url = arguments[index + 1] } else { keyPath = arguments[index + 1] }
            index += 2
        }
    }

    /// - Parameter isThere: whether a file can be read; its content is not looked at.
    /// - Returns: what to print.
    package func run(isThere: (String) -> Bool = ConnectOrder.isReadable) throws(Fault) -> String {
        let address: BaseURL
        do throws(BaseURL.Fault) {
            address = try BaseURL(url)
        } catch {
            throw Fault(description: "the gateway's address '\(url)' \(error)")
        }
        guard let path = keyPath ?? places.first(where: isThere) else {
            throw Fault(description: "no key in \(places.joined(separator: ", ")); name a file with --key-file")
        }
        guard isThere(path) else { throw Fault(description: "\(path) cannot be read") }
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Fault(description: "the key file's path has control characters in it")
        }
        return tool.setup(url: address.text, keyPath: path)
    }

    package static func isReadable(_ path: String) -> Bool {
        (try? PrivateFile.read(path, bytesMax: ControlLimits.secretFileBytesMax, mustBePrivate: false)) != nil
    }

    private static let names = Tool.allCases.map(\.rawValue).joined(separator: ", ")
}
