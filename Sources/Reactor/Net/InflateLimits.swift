// The bounds of decompression.

enum InflateLimits {
    /// Output bytes per input byte, at most: chat histories compress 3 to 20 times, a bomb of zeros 1,000 times with gzip and
    /// far more with zstd.
    static let ratioMax = 100
    /// Output bytes before the ratio counts: small bodies of repeated text may well compress better than that.
    static let ratioFreeBytes = 64 * 1024
    /// Output bytes between two looks at the bounds, hence what a bomb may overshoot and what a buffer grows by.
    static let stepBytes = 32 * 1024
    /// Window of zstd as a power of two of bytes, 8 MiB: what RFC 9659 section 3 allows senders of HTTP.
    static let zstdWindowLogMax: Int32 = 23
}
