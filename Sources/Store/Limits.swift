// Store: every bound of the module, with its unit and its reason.

package enum Limits {
    /// Milliseconds a statement waits for another process (a backup, the sqlite3 shell) to release its lock. As the original.
    package static let busyTimeoutMS = 5000
    /// Bytes of a page of a new database: rows come by the thousand, and the system is called three times for each page they
    /// fill; with 32 KiB the pages that a few rows touch cost more than that saves.
    package static let pageBytes = 16 * 1024
    /// Bytes of the write-ahead log at which its pages are copied into the file: four times SQLite's own number, so that pages
    /// that fill up with rows are copied once, not again and again.
    package static let logBytes = 16 << 20
    /// Rows a listing returns at most, so that one admin request cannot hold the whole log in memory.
    package static let listRowsMax = 1000
    /// Rows a listing returns when the caller names no number. As the original.
    package static let logRowsDefault = 100
    /// Rows written in one go: about 0.1 ms of work, so that a loop on the same processor does not wait for a whole batch.
    package static let rowsPerRun = 64
    /// Rows deleted by one pruning step: about 10 ms of writing, so that a prune never delays a key change noticeably.
    package static let pruneRowsMax = 2000
    /// Entries in a connection's table of prepared statements. The module has about 60 of them.
    package static let cachedStatementsMax = 128
    /// Bytes of a vault password, at least. As the original.
    package static let vaultPasswordBytesMin = 8
    /// Bytes of a vault password, at most: Argon2 reads all of it, and a body may bring 10 MiB.
    package static let vaultPasswordBytesMax = 4096
    /// Milliseconds after its last use when the vault locks itself: 30 minutes. As the original.
    package static let vaultIdleMS: Int64 = 30 * 60 * 1000
    /// Bytes of one secret in the vault: the largest known provider credential is a 4 KiB service-account key.
    package static let secretBytesMax = 64 * 1024
    /// Rounds over the memory in the vault's Argon2id. Fixed by the original's data format.
    package static let argonPasses: UInt32 = 3
    /// KiB of memory in the vault's Argon2id. Fixed by the original's data format.
    package static let argonMemoryKiB: UInt32 = 64 * 1024
    /// Lanes (threads) of the vault's Argon2id. Fixed by the original's data format.
    package static let argonLanes: UInt32 = 4
    /// Bytes of the vault's salt. Fixed by the original's data format.
    package static let saltBytes = 16
    /// Bytes of a GCM nonce, the size for which GCM is specified without a detour. Fixed by the original's data format.
    package static let nonceBytes = 12
    /// Bytes of a GCM tag, the longest there is. Fixed by the original's data format.
    package static let tagBytes = 16
    /// log2 of the rounds of a key's bcrypt hash. As the original.
    package static let bcryptCost: UInt = 10
    /// Keys that share one 8-digit prefix and are tried by bcrypt: a collision has a chance of 1 in 4 billion.
    package static let legacyCandidatesMax = 4
}
