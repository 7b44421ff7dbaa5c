// Objects of a request whose members are found in one walk, whatever their order.

import Wire

protocol PromptMembers {
    /// The object, in valid JSON.
    var value: ByteRange { get }
    /// Some member asks for something that no other wire has.
    var hasOthers: Bool { get set }

    /// - Returns: `false` for a member that no other wire has.
    mutating func take(_ member: JSONMember, _ body: Span<UInt8>) -> Bool
}

extension PromptMembers {
    mutating func takeAll(_ body: Span<UInt8>) {
        var members = JSONCursor(of: value, in: body)
        while let member = members.next(in: body) {
            if !take(member, body), !PromptJSON.isVoid(member) { hasOthers = true }
        }
    }

    /// Names the members that no other wire has.
    /// - Parameter path: what stands in front of their names.
    func nameOthers<S: PromptSink & ~Copyable>(_ path: StaticString, _ body: Span<UInt8>, _ sink: inout S) {
        if !hasOthers { return }
        var other = self
        var members = JSONCursor(of: value, in: body)
        while let member = members.next(in: body) {
            if !other.take(member, body), !PromptJSON.isVoid(member) {
                sink.unknown(path, body.extracting(member.name))
            }
        }
    }
}
