// What each key has spent this month, kept as a running sum beside the rows it comes from.

/// The sums are written once a second, together with the last row that they contain; the rows behind it, a crash's and those
/// that another program added, are counted when the database is opened. So they are exact whatever happens. One month counts at a time, from the first of the month (UTC) or from
/// the key's last reset, whichever is later.
package final class KeySpend {
    private struct Entry {
        var since: Timestamp
        var cost: Int64
    }

    private let connection: Connection
    private var entries: [String: Entry] = [:]
    /// Keys whose sum on the disk is not this one.
    private var touched: Set<String> = []
    /// The last row that the sums contain, and the last that those on the disk do; `nil`: they were never written.
    private var lastLogID: Int64 = 0
    private var writtenLogID: Int64?

    /// Counts the rows behind the last one that was counted: all of an original's database at first, none after a clean run.
    init(connection: Connection) throws(StoreFault) {
        self.connection = connection
        try connection.transaction { () throws(StoreFault) in
            try reload()
            if isBehind { try flush() }
        }
        settled()
    }

    /// Nano-dollars the key has spent in the month of `now`.
    package func spend(of keyID: String, now: Timestamp) -> Int64 {
        guard let entry = entries[keyID], entry.since >= now.monthStart else { return 0 }
        return entry.cost
    }

    /// When the month that counts began for the key.
    package func since(of keyID: String, now: Timestamp) -> Timestamp {
        max(entries[keyID]?.since ?? now.monthStart, now.monthStart)
    }

    /// Counts what the rows of a batch cost. Written by `flush`.
    func add(_ batch: borrowing RequestRows, lastLogID: Int64) {
        self.lastLogID = lastLogID
        guard let first = batch.rows.first else { return }
        let month = first.timestamp.monthStart
        let next = month.advanced(byMS: 32 * Timestamp.millisecondsPerDay).monthStart
        for (index, key) in batch.keys.enumerated() where key.chargedNanoUSD > 0 {
            let since = entries[key.id]?.since ?? month
            if key.earliest >= max(month, since), key.latest < next {
                add(key.id, in: month, cost: key.chargedNanoUSD)
                continue
            }
            // A month ends, or the key was reset, in the middle of the batch: each row is judged by itself.
            for row in batch.rows where row.key == index && row.chargedNanoUSD > 0 {
                add(key.id, at: row.timestamp, cost: row.chargedNanoUSD)
            }
        }
    }

    /// Counts a cost that arises at `time`. Written by `flush`.
    func add(_ keyID: String, at time: Timestamp, cost: Int64) {
        // A row that comes late belongs to a month, or to a period before a reset, that is closed.
        if let entry = entries[keyID], time < entry.since { return }
        add(keyID, in: time.monthStart, cost: cost)
    }

    /// Counts a cost of the month that begins then.
    private func add(_ keyID: String, in month: Timestamp, cost: Int64) {
        var entry = entries[keyID] ?? Entry(since: month, cost: 0)
        if entry.since < month { entry = Entry(since: month, cost: 0) }
        let (sum, overflow) = entry.cost.addingReportingOverflow(cost)
        entry.cost = overflow ? Int64.max : sum
        entries[keyID] = entry
        touched.insert(keyID)
    }

    /// Whether the disk has older sums than these.
    var isBehind: Bool { writtenLogID != lastLogID || !touched.isEmpty }

    /// Writes the sums that changed and the last row they contain. Called inside a transaction; `settled` follows its commit.
    func flush() throws(StoreFault) {
        // Finding the statement by its text, or writing the same month again, would cost as much as running it.
        let upsert = try connection.statement(KeySpend.upsert)
        var (since, text) = (Timestamp(milliseconds: .min), "")
        for keyID in touched {
            guard let entry = entries[keyID] else { continue }
            if entry.since != since { (since, text) = (entry.since, entry.since.description) }
            try write(keyID, since: text, cost: entry.cost, by: upsert)
        }
        try connection.run(
            "INSERT INTO key_spend_state (id, folded_log_id) VALUES (1, ?) ON CONFLICT(id) DO UPDATE SET folded_log_id = ?",
            .integer(lastLogID), .integer(lastLogID))
    }

    /// The transaction of a flush was committed.
    func settled() {
        touched.removeAll(keepingCapacity: true)
        writtenLogID = lastLogID
    }

    func write(_ keyID: String, since: Timestamp, cost: Int64) throws(StoreFault) {
        try write(keyID, since: since.description, cost: cost, by: connection.statement(KeySpend.upsert))
    }

    private func write(_ keyID: String, since: String, cost: Int64, by statement: Statement) throws(StoreFault) {
        defer { statement.rewind() }
        statement.bind(1, keyID)
        statement.bind(2, since)
        statement.bind(3, cost)
        while try statement.step() {}
    }

    private static let upsert = """
        INSERT INTO key_spend (api_key_id, since, cost_nanousd) VALUES (?, ?, ?)
        ON CONFLICT(api_key_id) DO UPDATE SET since = excluded.since, cost_nanousd = excluded.cost_nanousd
        """

    func remember(_ keyID: String, since: Timestamp, cost: Int64) { entries[keyID] = Entry(since: since, cost: cost) }
    func forget(_ keyID: String) { entries[keyID] = nil }

    /// Back to what the disk holds, after a transaction that failed: the sums as they were written, and the rows behind them.
    func reload() throws(StoreFault) {
        touched.removeAll(keepingCapacity: true)
        let rows = try connection.rows("SELECT api_key_id, since, cost_nanousd FROM key_spend") {
            ($0.text(0), Entry(since: $0.time(1) ?? Timestamp(milliseconds: 0), cost: $0.integer(2)))
        }
        entries = Dictionary(rows) { first, _ in first }
        writtenLogID = try connection.row("SELECT folded_log_id FROM key_spend_state") { $0.integer(0) }
        if writtenLogID == nil {
            for reset in try connection.rows(
                "SELECT id, budget_reset_at FROM api_keys WHERE budget_reset_at IS NOT NULL",
                each: { ($0.text(0), $0.time(1)) })
            {
                if let since = reset.1 { entries[reset.0] = Entry(since: since, cost: 0) }
            }
        }
        let first = writtenLogID ?? 0
        lastLogID = max(first, try connection.row("SELECT max(id) FROM request_logs") { $0.integer(0) } ?? 0)
        _ = try connection.rows(
            """
            SELECT api_key_id, timestamp, cost_nanousd, estimated_cost_usd FROM request_logs
            WHERE id > ? AND api_key_id <> ''
            """,
            .integer(first)
        ) { (row) throws(StoreFault) in
            guard let time = row.time(1) else { return }
            add(row.text(0), at: time, cost: row.optionalInteger(2) ?? NanoUSD.fromDollars(row.real(3)))
        }
    }
}
