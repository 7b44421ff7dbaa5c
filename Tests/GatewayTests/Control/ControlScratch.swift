// A directory of one test with a control plane in it, removed with it.

import Glibc
import Store

@testable import Gateway

// Fence: directory calls of libc on names of our own.
final class ControlScratch {
    let path: String

    init() {
        var template = Array(("/tmp/tokenhub-control-" + String(repeating: "X", count: 6)).utf8CString)
        // SAFETY: the template is a mutable C string for the call.
        unsafe template.withUnsafeMutableBufferPointer { _ = unsafe mkdtemp($0.baseAddress!) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { ControlScratch.remove(path) }

    static func remove(_ path: String) {
        // SAFETY: the directory stream and its entries are used here only.
        if let directory = unsafe opendir(path) {
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { remove("\(path)/\(name)") }
            }
            unsafe closedir(directory)
            unsafe rmdir(path)
        } else {
            unsafe unlink(path)
        }
    }

    func configuration(_ more: [String: String] = [:]) throws -> Configuration {
        let standard = [
            "TOKENHUB_DB_DSN": "\(path)/data/t.sqlite", "TOKENHUB_CREDENTIALS_FILE": "\(path)/credentials",
            "TOKENHUB_ADMIN_TOKEN": ControlScratch.token,
        ]
        return try Configuration(standard.merging(more) { _, new in new })
    }

    func state(_ more: [String: String] = [:], now: Timestamp = noon) throws -> ControlState {
        try ControlState(configuration(more), now: now)
    }

    func write(_ text: String, to name: String) throws {
        try PrivateFile.write(Array(text.utf8), to: "\(path)/\(name)")
    }

    func text(_ name: String) throws -> String {
        String(decoding: try PrivateFile.read("\(path)/\(name)", bytesMax: 1 << 20, mustBePrivate: true), as: UTF8.self)
    }

    static let token = "an-admin-token-of-the-tests"
}

/// 2026-02-16T12:00:00Z.
let noon = Timestamp(milliseconds: 1_771_243_200_000)

/// A control plane with its API, asked as a client asks.
final class Desk {
    let scratch = ControlScratch()
    let state: ControlState
    let api: AdminAPI
    var now = noon
    var live = LiveView()

    init(_ more: [String: String] = [:]) throws {
        state = try scratch.state(more)
        api = AdminAPI(state: state)
    }

    func ask(
        _ method: String, _ path: String, _ body: String = "", query: String = "",
        authorization: String? = "Bearer \(ControlScratch.token)", cookie: String? = nil
    ) -> AdminResponse {
        api.handle(
            AdminRequest(
                method: method, path: "/admin/v1/\(path)", query: query, authorization: authorization, cookie: cookie,
                body: Array(body.utf8), remote: "10.0.0.1", requestID: "r1"), now: now, live: live)
    }

    /// Status and body in one text: `200 {"ok":true}`.
    func say(_ method: String, _ path: String, _ body: String = "", query: String = "") -> String {
        ask(method, path, body, query: query).text
    }

    /// The value of a string member at the top of an answer.
    func member(_ name: String, of response: AdminResponse) -> String? {
        let text = String(decoding: response.body, as: UTF8.self)
        guard let range = text.firstRange(of: "\"\(name)\":\"") else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "\"" })
    }
}

extension AdminResponse {
    var text: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

// Spans cannot pass through the expectation macros.

extension ControlState {
    func isAdmin(_ token: String) -> Bool { isAdminToken(Array(token.utf8).span) }
}

extension Snapshot {
    func key(ofDigest digest: [UInt8]) -> Int? { key(digest: digest.span) }
    func model(named name: String) -> Int? { model(Array(name.utf8).span) }
    func mayBeLegacy(text: [UInt8]) -> Bool { mayBeLegacy(text.span) }
}

extension NameTable {
    func index(ofName name: [UInt8]) -> Int? { index(of: name.span) }
}
