// How long each phase of an attempt may take.

/// In milliseconds.
package struct PhaseLimits: Equatable, Sendable {
    /// To an open connection, its TLS handshake included.
    package var connectMS = 5_000
    /// From the request to the first byte of its answer.
    package var firstByteMS: Int
    /// From the request to a stream's first content.
    package var firstTokenMS: Int
    /// From one content of a stream to the next.
    package var betweenTokensMS = 120_000
    /// From the client's request to the end of its answer, whoever gives it; 0: as long as the gateway allows anybody.
    package var totalMS = 0

    package init(firstByteMS: Int = 30_000, firstTokenMS: Int = 120_000) {
        self.firstByteMS = firstByteMS
        // Who may be silent for long may be so before the first content.
        self.firstTokenMS = max(firstTokenMS, firstByteMS)
    }
}
