// What a client key may do.

package struct Scopes: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let chat = Scopes(rawValue: 1)
    package static let plan = Scopes(rawValue: 2)
    package static let embeddings = Scopes(rawValue: 4)
    /// An empty list of scopes means all, as in the original.
    package static let all: Scopes = [.chat, .plan, .embeddings]

    /// Reads names as the admin API spells them; nil for an unknown one.
    package init?(names: [String]) {
        if names.isEmpty {
            self = .all
            return
        }
        var scopes: Scopes = []
        for name in names {
            switch name {
            case "chat": scopes.insert(.chat)
            case "plan": scopes.insert(.plan)
            case "embeddings": scopes.insert(.embeddings)
            default: return nil
            }
        }
        self = scopes
    }
}
