// Every bound of the module, with its unit and the reason for it.

public enum Limits {
    /// Bytes of a request or response head with its blank line. The largest heads seen carry cookies and tokens of 16 KiB;
    /// four times that leaves room, and one block per connection stays affordable. Beyond: 431.
    public static let headBytesMax = 64 * 1024

    /// Bytes of a request or status line. RFC 9112 section 3 asks for at least 8,000. Beyond: 414.
    public static let startLineBytesMax = 16 * 1024

    /// Number of fields in one head, the capacity of `HeaderFields`: SDKs send a dozen, proxies add another. Beyond: 431.
    public static let fieldCountMax = 100

    /// Digits of a Content-Length: 18 decimal digits always fit an `Int`, so no overflow can happen.
    public static let contentLengthDigitsMax = 18

    /// Digits of a chunk size: 8 hexadecimal digits are 4 GiB, above every body we take, and cannot overflow.
    public static let chunkSizeDigitsMax = 8

    /// Bytes of all chunk extensions of one message together: nobody sends them, RFC 9112 section 7.1.1 asks for a limit.
    public static let chunkExtensionBytesMax = 1024

    /// Bytes of a trailer section. Trailers are read to find the end of the message and dropped.
    public static let trailerBytesMax = 8 * 1024

    /// Containers open at once in a JSON text, in levels: chat requests with schemas stay below 40. Hard bound of the bit stack.
    public static let jsonDepthMax = 128

    /// Number of members `JSONMembers` holds: a chat request has under 40 at its top. Those beyond are validated, not recorded.
    public static let jsonMembersMax = 64

    /// Bytes of a JSON number read as a `Double`: a text of more digits says nothing that a double could hold.
    public static let jsonNumberBytesMax = 4096

    /// Bytes of a JSON schema: OpenAI takes 120,000 characters in one.
    public static let schemaBytesMax = 128 * 1024

    /// Bytes of a text that is checked against a schema: an answer of 64 Ki tokens of four bytes. A flat one takes 12 ms of a core; a
    /// deep one is gone through once per level, 0.1 s at 120 levels.
    public static let schemaTextBytesMax = 256 * 1024

    /// Bytes of a name or value quoted in a sentence about a schema: more than nearly all have.
    public static let schemaQuoteBytesMax = 64
}
