// What the rules of all wires are put together from. Bodies have been found to be JSON before.

import Wire

enum SimRules {
    /// The object that a whole body is.
    static func root(_ body: Span<UInt8>) -> ByteRange {
        ByteRange(min(ByteScan.first(ASCII.openBrace, in: body, from: 0), body.count), body.count)
    }

    /// Refuses members that the wire does not have.
    static func only(
        _ names: [StaticString], _ object: ByteRange, _ body: Span<UInt8>, _ place: String = ""
    ) throws(SimRuleFault) {
        var cursor = JSONCursor(of: object, in: body)
        while let member = cursor.next(in: body) {
            if names.contains(where: { JSONScan.isName(of: member, $0, in: body) }) { continue }
            let name = String(copying: body.extracting(member.name))
            throw SimRuleFault(place.isEmpty ? name : "\(place).\(name)", "Extra inputs are not permitted")
        }
    }

    static func member(_ name: StaticString, _ object: ByteRange, _ body: Span<UInt8>) -> JSONMember? {
        let found = JSONScan.member(of: object, in: body, named: name)
        return found?.kind == .null ? nil : found
    }

    /// The characters of a member that must be a string.
    static func string(
        _ name: StaticString, _ object: ByteRange, _ body: Span<UInt8>, _ place: String
    ) throws(SimRuleFault) -> String {
        guard let found = member(name, object, body) else { throw SimRuleFault("\(place).\(name)", "Field required") }
        guard let text = JSONScan.string(body, found.value) else {
            throw SimRuleFault("\(place).\(name)", "Input should be a valid string")
        }
        return text
    }

    /// Refuses a number outside of its range.
    static func bound(
        _ name: StaticString, _ range: ClosedRange<Double>, _ object: ByteRange, _ body: Span<UInt8>
    ) throws(SimRuleFault) {
        guard let found = member(name, object, body) else { return }
        guard let number = JSONScan.double(body, found.value) else {
            throw SimRuleFault("\(name)", "Input should be a valid number")
        }
        guard range.contains(number) else {
            throw SimRuleFault("\(name)", "range: \(range.lowerBound)..\(range.upperBound)")
        }
    }

    static func isName(_ text: String, countMax: Int) -> Bool {
        let count = text.utf8.count
        return count > 0 && count <= countMax
            && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == ASCII.hyphen || $0 == UInt8(ascii: "_") }
    }

    static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy { $0 <= ASCII.space } }

    /// Base64 with its padding.
    static func isBase64(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix { ASCII.isAlphanumeric($0) || $0 == ASCII.plus || $0 == ASCII.slash }.count
        return !bytes.isEmpty && bytes.count % 4 == 0 && bytes.count - digits <= 2
            && bytes[digits...].allSatisfy { $0 == ASCII.equals }
    }

    /// Refuses an image that is neither behind an address nor in the address itself.
    static func checkImage(_ url: String, _ place: String) throws(SimRuleFault) {
        if url.hasPrefix("https://") || url.hasPrefix("http://") { return }
        let halves = url.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].hasPrefix("data:image/"), halves[0].hasSuffix(";base64"),
            isBase64(String(halves[1]))
        else { throw SimRuleFault(place, "Invalid image URL: expected a base64-encoded data URL or an address") }
    }
}
