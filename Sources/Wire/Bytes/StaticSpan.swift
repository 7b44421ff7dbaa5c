// The bytes of a literal, as every parser and writer takes them.

// Fence: a static string's bytes live as long as the program, so the span may outlive any scope.
extension Span<UInt8> {
    @_lifetime(immortal)
    public static func of(_ text: StaticString) -> Span<UInt8> {
        precondition(text.hasPointerRepresentation)
        // SAFETY: see the fence; pointer and count belong together.
        let span = unsafe Span(_unsafeStart: text.utf8Start, count: text.utf8CodeUnitCount)
        return unsafe _overrideLifetime(span, borrowing: ())
    }
}

extension [UInt8] {
    /// A copy of the bytes.
    public init(copying bytes: Span<UInt8>) {
        self.init(capacity: bytes.count) { room in
            for index in bytes.indices { room.append(bytes[index]) }
        }
    }
}

extension String {
    /// The bytes as UTF-8; what is not becomes U+FFFD.
    public init(copying bytes: Span<UInt8>) { self = String(decoding: [UInt8](copying: bytes), as: UTF8.self) }
}
