// Scopes as the table of keys holds them.

internal import Store

extension Scopes {
    static let names = ["chat", "plan", "embeddings"]

    /// Reads the column `scopes`: nothing or `[]` is everything, what cannot be read is nothing at all. A word that names no
    /// scope allows nothing, and takes nothing from the others.
    init(column text: String) {
        if text.isEmpty {
            self = .all
            return
        }
        guard let words = StringJSON.decodeArray(text) else {
            self = []
            return
        }
        self = words.isEmpty ? .all : []
        for word in words {
            if let index = Scopes.names.firstIndex(of: word) { insert(Scopes(rawValue: 1 << UInt8(index))) }
        }
    }
}
