// The bounds of TLS, digests and random bytes.

package enum TLSLimits {
    /// Bytes of one PEM file. A system trust store with 150 authorities is 220 KB; anything above this is the wrong file.
    static let pemFileBytesMax = 4 << 20
    /// Bytes of plaintext in one record (RFC 8446 section 5.1).
    package static let recordBytesMax = 16 * 1024
    /// Bytes that one record's header, nonce, tag and content type add at most: 5 + 8 + 16 + 1, rounded up.
    package static let recordOverheadBytesMax = 32
    /// Endpoints whose latest session a client context remembers: a session takes 2 to 6 KB, and beyond this many providers
    /// a full handshake now and then is cheaper than the memory.
    static let rememberedEndpointsMax = 256
    /// Seconds a session may be resumed for: RFC 8446 section 4.6.1 allows a week; two hours bound how long one ticket key matters.
    static let sessionSecondsMax = 2 * 60 * 60
}
