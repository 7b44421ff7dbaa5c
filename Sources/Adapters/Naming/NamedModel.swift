// What is known of the model that a body names.

package import Wire

package enum NamedModel: Equatable, Sendable {
    /// The name stands at this place of the body.
    case named(ByteRange)
    /// The body names none.
    case absent
    /// The name may stand further behind.
    case beyond
    /// Another reader may understand the body otherwise.
    case unclear
}
