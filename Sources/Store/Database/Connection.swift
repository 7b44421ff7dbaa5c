// An open database, for one thread.

import CSQLite

// Fence: one sqlite3 handle, opened here, closed with this object, used by one thread only (the type is not Sendable).
@safe final class Connection {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var transactionDepth = 0
    /// Commits wait for the disk, except inside `quickTransaction`.
    private var isDurable = true
    /// Something was committed that the disk may not have yet.
    private(set) var hasUnsyncedCommits = false

    /// Once in the process. Refused, and of no consequence, where somebody used SQLite before.
    private static let isConfigured = tokenhub_sqlite_configure() == SQLITE_OK

    /// Opens the database and sets the pragmas that every connection of ours has.
    /// - Parameter isReader: never write, and make no file.
    init(_ source: DataSource, isReader: Bool = false) throws(StoreFault) {
        _ = Connection.isConfigured
        let way = isReader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let flags = way | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        // SAFETY: the path is a C string for the call.
        let code = unsafe sqlite3_open_v2(source.path ?? ":memory:", &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let fault = unsafe StoreFault(code: code, database: opened)
            // SAFETY: a handle that failed to open must be closed too; null is allowed.
            unsafe sqlite3_close_v2(opened)
            throw fault
        }
        unsafe handle = opened
        // SAFETY: the handle is open.
        unsafe sqlite3_busy_timeout(handle, Int32(source.busyTimeoutMS))
        if isReader { try run("PRAGMA trusted_schema = OFF") } else { try configure(source) }
    }

    deinit {
        statements.removeAll()
        // SAFETY: closed once; unfinished statements keep SQLite's part alive until they are finalised.
        unsafe sqlite3_close_v2(handle)
    }

    private func configure(_ source: DataSource) throws(StoreFault) {
        // Of a file that is made now.
        try run("PRAGMA page_size = \(Limits.pageBytes)")
        try run("PRAGMA foreign_keys = ON")
        _ = try row("PRAGMA journal_mode = WAL") { $0.text(0) }
        // FULL: a commit is on the disk before the API answers. Only request rows are committed otherwise.
        try run("PRAGMA synchronous = FULL")
        try run("PRAGMA trusted_schema = OFF")
        _ = try row("PRAGMA journal_size_limit = 67108864") { $0.integer(0) }
        // Counted in pages, and a file that was made otherwise has others.
        let pageBytes = try row("PRAGMA page_size") { $0.int(0) } ?? Limits.pageBytes
        _ = try row("PRAGMA wal_autocheckpoint = \(Limits.logBytes / pageBytes)") { $0.integer(0) }
        // The names come from DataSource's list and the values are integers, never text of a request.
        for (name, value) in source.pragmas { _ = try row("PRAGMA \(name) = \(value)") { $0.integer(0) } }
    }

    /// Rows changed by the latest statement that changed any.
    var changes: Int {
        // SAFETY: the handle is open until deinit.
        unsafe Int(sqlite3_changes64(handle))
    }

    var lastRowID: Int64 {
        // SAFETY: as above.
        unsafe sqlite3_last_insert_rowid(handle)
    }

    /// Makes a table known that is not in the file; see `RequestFeed`.
    @unsafe func makeTable(
        _ name: String, _ module: UnsafePointer<sqlite3_module>, for owner: UnsafeMutableRawPointer
    ) throws(StoreFault) {
        // SAFETY: the handle is open; the name is copied, the module outlives it.
        let code = unsafe sqlite3_create_module(handle, name, module, owner)
        if code != SQLITE_OK { throw unsafe StoreFault(code: code, database: handle) }
    }

    /// The prepared statement of a text, made once and reset. Every text is a constant of this module.
    func statement(_ sql: String) throws(StoreFault) -> Statement {
        if let known = statements[sql] {
            precondition(!known.isRunning, "a statement inside its own rows: \(sql)")
            return known
        }
        let made = unsafe try Statement(sql, database: handle)
        if statements.count < Limits.cachedStatementsMax { statements[sql] = made }
        return made
    }
}

extension Connection {
    /// Runs a statement to its end. Returns the number of rows changed, which only INSERT, UPDATE and DELETE set.
    @discardableResult
    func run(_ sql: String, _ values: Value...) throws(StoreFault) -> Int {
        let statement = try bound(sql, values)
        defer { statement.reset() }
        while try statement.step() {}
        return changes
    }

    func rows<Row>(
        _ sql: String, _ values: Value..., each: (Statement) throws(StoreFault) -> Row
    ) throws(StoreFault) -> [Row] {
        let statement = try bound(sql, values)
        defer { statement.reset() }
        var found: [Row] = []
        while try statement.step() { found.append(try each(statement)) }
        return found
    }

    /// The first row, if there is one.
    func row<Row>(
        _ sql: String, _ values: Value..., each: (Statement) throws(StoreFault) -> Row
    ) throws(StoreFault) -> Row? {
        let statement = try bound(sql, values)
        defer { statement.reset() }
        return try statement.step() ? try each(statement) : nil
    }

    private func bound(_ sql: String, _ values: [Value]) throws(StoreFault) -> Statement {
        let statement = try statement(sql)
        precondition(statement.parameterCount == values.count, "\(values.count) values for: \(sql)")
        for (index, value) in values.enumerated() { statement.bind(index + 1, value) }
        return statement
    }

    /// Does all of `body` or nothing. An inner transaction is a part of the outer one.
    func transaction<Result>(_ body: () throws(StoreFault) -> Result) throws(StoreFault) -> Result {
        if transactionDepth == 0 {
            if !isDurable { try setDurable(true) }
            try begin()
        }
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do throws(StoreFault) {
            let result = try body()
            if transactionDepth == 1 {
                try run("COMMIT")
                // A commit that waits takes all before it along.
                hasUnsyncedCommits = !isDurable
            }
            return result
        } catch {
            // SQLite may have rolled back already (disk full, I/O error); a second time fails and means nothing.
            if transactionDepth == 1 { _ = try? run("ROLLBACK") }
            throw error
        }
    }

    /// IMMEDIATE takes the writer's lock at once: a deferred transaction can fail half way with no way to wait.
    private func begin() throws(StoreFault) { try run("BEGIN IMMEDIATE") }

    /// As `transaction`, but the commit does not wait for the disk. It outlives the process, `kill -9` included; a loss of power
    /// may take it back, and only together with all quick ones behind it. See `harden`.
    /// - Source: sqlite.org/pragma.html, synchronous: NORMAL in WAL mode.
    func quickTransaction<Result>(_ body: () throws(StoreFault) -> Result) throws(StoreFault) -> Result {
        // Inside another transaction the outer one decides.
        if transactionDepth > 0 { return try transaction(body) }
        try setDurable(false)
        defer { if (try? setDurable(true)) == nil { isDurable = false } }
        try begin()
        transactionDepth = 1
        defer { transactionDepth = 0 }
        do throws(StoreFault) {
            let result = try body()
            try run("COMMIT")
            hasUnsyncedCommits = true
            return result
        } catch {
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    /// This pragma works while it is compiled, so a statement that is kept would do nothing the second time.
    private func setDurable(_ durable: Bool) throws(StoreFault) {
        let sql = durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"
        _ = try unsafe Statement(sql, database: handle).step()
        isDurable = durable
    }
}
