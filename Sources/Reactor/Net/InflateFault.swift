// Why a compressed body was refused.

package enum InflateFault: Error, Equatable, Sendable {
    /// More than the size cap (answered 413).
    case tooLarge
    /// Inflates more than the ratio cap allows: a bomb (413).
    case ratioExceeded
    /// Not what the content coding says, or damaged (400).
    case malformed
    /// The body ended before the compressed data did (400).
    case truncated
    /// Bytes behind the end of the compressed data (400): a second member, or something smuggled along.
    case trailingBytes
    /// The decoder could not get its memory (503).
    case outOfMemory
}
