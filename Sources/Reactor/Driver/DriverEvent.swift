// What a driver reports: something about the thing a token names.

package struct DriverEvent {
    package struct Kinds: OptionSet {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Bytes, an end of stream, a connection to accept, or mail can be taken.
        static let receivable = Kinds(rawValue: 1)
        /// Queued bytes will be accepted again, or a connection attempt has ended.
        static let sendable = Kinds(rawValue: 2)
        /// The peer has stopped sending, or the connection broke; bytes may still wait in front of the end.
        static let hangUp = Kinds(rawValue: 4)
    }

    let token: Token
    let kinds: Kinds
}
