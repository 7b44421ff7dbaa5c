// The control plane's bounds, each with its unit and its reason.

package enum ControlLimits {
    /// Clients (count) that may listen to events at once: every operator's browser, and some scripts.
    static let eventListenersMax = 32
    /// Events (count) that wait to be handed to the cores, as the original's queue of each listener: some a millisecond are more
    /// than anybody reads.
    static let eventsQueuedMax = 64
    /// Bytes of the credentials file: a thousand providers with their models take about 1 MiB.
    static let credentialsBytesMax = 4 << 20
    /// Bytes of a file that holds one secret (`*_FILE`, `.admin-token`): the vault's longest password, and room.
    static let secretFileBytesMax = 16 * 1024
    /// Bytes of an admin token, at least, when an operator chooses it. As the original.
    package static let adminTokenBytesMin = 16
    /// Bytes of an admin token, at most: it must fit a header line with room to spare.
    package static let adminTokenBytesMax = 1024
    /// Milliseconds of a browser's session: a working day, so that nobody signs in twice a day.
    static let sessionMS: Int64 = 12 * 3_600_000
    /// Sessions kept at once; beyond it the oldest ends. Every tab of a large team, and 100 KiB.
    static let sessionsMax = 1000
    /// Milliseconds between two looks for keys whose rotation is overdue: an hour, as the original.
    static let rotationCheckMS: Int64 = 3_600_000
    /// Milliseconds between two prunings of the logs: six hours, as the original.
    static let pruneMS: Int64 = 6 * 3_600_000
    /// Milliseconds between two writings of when keys were last used: a minute is as exact as a reader wants it.
    static let usesMS: Int64 = 60_000
    /// Days that request, audit and reward rows are kept. As the original.
    static let retentionDays: Int64 = 90
    /// Bytes of an id of a provider, model, alias or secret: longer ones do not fit a log line or a table cell.
    static let idBytesMax = 256
    /// Addresses (count) of one provider: a rack of servers. Each core may have as many connections to each as to a provider with one.
    static let addressesMax = 32
    /// Bytes of a key's display name, for the same reason.
    static let nameBytesMax = 256
    /// Variants of one alias: more models than any deployment spreads one name over.
    static let aliasVariantsMax = 64
    /// Bytes of a tool name map: a hundred renamed tools.
    static let toolNameMapBytesMax = 64 * 1024
    /// Days a key may live or a rotation may take at most: a century, so that sums of times cannot overflow.
    static let termDaysMax = 36_525
    /// Requests per second that a key's own limit may name; above it a limit limits nothing.
    static let rateLimitRPSMax = 1_000_000
    /// Dollars a budget or a price may name: a billion, which whole nano-dollars hold exactly.
    static let dollarsMax = 1e9
    /// Tokens a context or an answer may have: a hundred times the largest window on offer.
    static let tokensMax = 100_000_000
    /// Milliseconds a provider's timeout may be: an hour, the longest any provider computes.
    static let timeoutMSMax = 3_600_000
    /// Rows of the log that fill the statistics at a start: one listing, 10 ms.
    static let seedRowsMax = 1000
    /// Keys of the original tried per second when many come: each takes 60 ms, and a quarter of the time may go there.
    static let legacyChecksPerSecond = 4
    /// Keys of the original (count) tried at once before that: the clients of one deployment, in a second.
    static let legacyChecksBurst = 16
}
