/// Every bound of the load generator.
enum Limits {
    /// Bytes of the receive scratch that all connections share: one read drains what a socket buffer usually holds.
    static let scratchBytes = 256 * 1024
    /// Connections at most: two descriptors each on one machine stay under the usual hard limit of 1,048,576 files.
    static let connectionsMax = 20_000
    /// Seconds of one run, warm-up and ramp included, at most: a forgotten generator ends by itself.
    static let runSecondsMax = 3_600
    /// Requests of one run at most; the other end of the same promise.
    static let requestsMax = 200_000_000
    /// Failed exchanges in a run after which it is given up: what is measured then is no longer the server.
    static let failuresMax = 20_000
    /// Nanoseconds a connection waits before it is opened again after a failure, so that a refused port is not hammered.
    static let reopenDelayNS: UInt64 = 20_000_000
    /// Nanoseconds between two looks for exchanges without an answer; a request deadline is late by this much at most.
    static let sweepNS: UInt64 = 500_000_000
    /// Bytes kept of one header line of an answer; the three lines read here are far shorter.
    static let headerLineBytes = 64
    /// Bytes of a request body read from a file: the gateway takes 10 MiB, and a little more is needed to see it refuse.
    static let bodyBytesMax = 12 * 1024 * 1024
    /// Digits of the number of an exchange: as many as `requestsMax` has.
    static let numberDigits = 9
    /// Numbered exchanges whose hash, and whose time of vanishing, is kept for the report; the rest is only counted.
    static let numberedMax = 20_000
    /// Distinct body hashes kept for the report; the rest is only counted.
    static let hashesMax = 8
}
