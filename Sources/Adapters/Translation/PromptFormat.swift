// The form that an answer must have, as the wires of OpenAI have it.

import Wire

/// Where the members of a JSON schema's frame are.
struct PromptFormat: PromptMembers {
    /// An object.
    private(set) var schema = ByteRange.none
    private(set) var type = ByteRange.none
    /// Insides of strings.
    private(set) var (name, description) = (ByteRange.none, ByteRange.none)
    private(set) var isStrict = false
    let value: ByteRange
    var hasOthers = false

    /// - Parameter value: an object in valid JSON.
    init(_ value: ByteRange, in body: Span<UInt8>) {
        self.value = value
        takeAll(body)
    }

    mutating func take(_ member: JSONMember, _ body: Span<UInt8>) -> Bool {
        if JSONScan.isName(of: member, "type", in: body) {
            type = member.value
        } else if JSONScan.isName(of: member, "name", in: body) {
            name = PromptJSON.raw(member, in: body)
        } else if JSONScan.isName(of: member, "description", in: body) {
            description = PromptJSON.raw(member, in: body)
        } else if JSONScan.isName(of: member, "schema", in: body), member.kind == .object {
            schema = member.value
        } else if JSONScan.isName(of: member, "strict", in: body) {
            isStrict = PromptJSON.isTrue(member, in: body)
        } else {
            return false
        }
        return true
    }

    /// - Parameter path: what stands in front of the names of its members.
    func tell<S: PromptSink & ~Copyable>(_ path: StaticString, _ body: Span<UInt8>, _ sink: inout S) {
        sink.format(
            name: body.extracting(name), description: body.extracting(description), schema: body.extracting(schema),
            isStrict: isStrict)
        nameOthers(path, body, &sink)
    }
}
