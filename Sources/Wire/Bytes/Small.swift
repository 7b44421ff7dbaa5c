// Counts that are held by the thousand, one set for each open stream.

/// An `Int` in four bytes. Traps beyond 31 bits: it is for what a limit keeps below.
@propertyWrapper @frozen
public struct Small: Sendable, Equatable {
    @usableFromInline var stored: Int32

    @inlinable
    public init(wrappedValue: Int) { stored = Int32(wrappedValue) }

    @inlinable
    public var wrappedValue: Int {
        get { Int(stored) }
        set { stored = Int32(newValue) }
    }
}
