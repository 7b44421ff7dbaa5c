// The credentials file: providers, their keys and models, as JSON that an operator edits.

import Store
import Wire

/// Read whole and judged before anything is stored: a file with a mistake changes nothing.
struct CredentialsFile {
    struct Provider {
        var row: ProviderRow
        var key: Secret?
    }

    private(set) var providers: [Provider] = []
    private(set) var models: [ModelRow] = []
    private(set) var notices: [String] = []

    /// What is wrong, with the place in the file; never the content.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    init(_ bytes: [UInt8]) throws(Fault) {
        do throws(JSONFault) {
            try JSONScan.validate(bytes.span)
        } catch {
            throw Fault(description: "bad JSON at byte \(error.position): \(error.reason.text)")
        }
        let root = ByteRange(0, bytes.count)
        for (index, object) in try CredentialsFile.objects("providers", in: bytes, root).enumerated() {
            try takeProvider(CredentialsFile.body(bytes, object, "providers[\(index)]"), "providers[\(index)]")
        }
        for (index, object) in try CredentialsFile.objects("models", in: bytes, root).enumerated() {
            try takeModel(CredentialsFile.body(bytes, object, "models[\(index)]"), "models[\(index)]")
        }
    }

    private static func objects(_ name: StaticString, in bytes: [UInt8], _ root: ByteRange) throws(Fault) -> [ByteRange]
    {
        guard let list = JSONScan.find(name, in: bytes.span, from: trimmed(root, bytes)) else { return [] }
        if list.kind == .null { return [] }
        guard list.kind == .array else { throw Fault(description: "\(name) must be an array") }
        var cursor = JSONCursor(of: list.value, in: bytes.span)
        var found: [ByteRange] = []
        while let element = cursor.next(in: bytes.span) {
            guard element.kind == .object else { throw Fault(description: "\(name)[\(found.count)] must be an object") }
            found.append(element.value)
        }
        return found
    }

    /// Blanks may stand in front of the root.
    private static func trimmed(_ range: ByteRange, _ bytes: [UInt8]) -> ByteRange {
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.count
        return ByteRange(start, Int(range.end))
    }

    private static func body(_ bytes: [UInt8], _ range: ByteRange, _ place: String) throws(Fault) -> AdminBody {
        do throws(AdminFault) {
            return try AdminBody(Array(bytes[range.range]))
        } catch {
            throw Fault(description: "\(place): \(error.message)")
        }
    }

    private mutating func takeProvider(_ body: consuming AdminBody, _ place: String) throws(Fault) {
        do throws(AdminFault) {
            let id = try AdminFields.id(body.string("id"), "provider id")
            let type = try AdminFields.providerType(body.string("type"))
            let address = try AdminFields.baseURL(body.string("base_url"), type: type)
            let key = try AdminFields.providerKey(body.string("api_key"))
            let row = ProviderRow(
                id: id, type: type, isEnabled: try body.bool("enabled") ?? true, baseURL: address.text,
                origin: "credentials",
                timeoutMS: try body.int("timeout_ms", in: 0...ControlLimits.timeoutMSMax) ?? 0)
            if try body.bool("autoload_models") == true {
                notices.append("\(place): autoload_models is not done by this build; list the models")
            }
            providers.append(Provider(row: row, key: key))
        } catch {
            throw Fault(description: "\(place): \(error.message)")
        }
    }

    private mutating func takeModel(_ body: consuming AdminBody, _ place: String) throws(Fault) {
        do throws(AdminFault) {
            models.append(try AdminFields.model(body, id: nil, over: nil, origin: "credentials"))
        } catch {
            throw Fault(description: "\(place): \(error.message)")
        }
    }
}
