// What the database can answer instead of doing as it was told.

package enum StoreFault: Error, Equatable, Sendable {
    /// Another process held the lock for longer than `Limits.busyTimeoutMS`. May be tried again.
    case busy
    /// A row refers to one that does not exist, or is referred to by one that does.
    case foreignKey
    /// A row with this key exists already.
    case duplicate(String)
    /// A value that the table refuses: null where none may be, or against a check.
    case refused(String)
    /// No space, or no right to write.
    case unwritable(String)
    /// The file is damaged or is no database.
    case corrupt(String)
    /// The data source name cannot be understood; the text says which part.
    case badSource(String)
    /// Anything else SQLite says. Its messages name tables and columns, never values.
    case failed(code: Int32, message: String)
}

extension StoreFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .busy: "the database is locked by another process"
        case .foreignKey: "a row that this one refers to does not exist"
        case .duplicate(let text): text
        case .refused(let text): text
        case .unwritable(let text): text
        case .corrupt(let text): text
        case .badSource(let text): text
        case .failed(let code, let message): "sqlite: \(message) (\(code))"
        }
    }
}
