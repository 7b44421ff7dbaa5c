// A batch of rows as a table that SQLite selects from: `INSERT … SELECT` is one statement for any number of rows, and each
// value goes from the batch into the record without a parameter that is bound, copied and cleared.

import CSQLite

// Fence: a virtual table of sqlite3. The cursor is used by the thread of its connection only; what it points to is set for the
// length of `read` only, and SQLite copies every value into its record before it asks for the next row.
// - Source: sqlite.org/vtab.html; an eponymous table, so nothing of it stands in the file.
@safe final class RequestFeed {
    private let cursor: UnsafeMutablePointer<tokenhub_batch_cursor>

    /// Makes the table `request_rows` known to the connection. It is there for what `read` calls, and for nothing else.
    init(_ connection: Connection) throws(StoreFault) {
        unsafe cursor = .allocate(capacity: 1)
        unsafe cursor.initialize(to: tokenhub_batch_cursor())
        // SAFETY: the module is never freed; of the cursor SQLite keeps the address only.
        try unsafe connection.makeTable(
            "request_rows", UnsafePointer(bitPattern: RequestFeed.module)!, for: UnsafeMutableRawPointer(cursor))
    }

    deinit { unsafe cursor.deallocate() }

    /// Lets `body` select from the rows, run by run, and calls `between` between two runs.
    func read(
        _ batch: borrowing RequestRows, between: () -> Void, _ body: () throws(StoreFault) -> Void
    ) throws(StoreFault) {
        defer { unsafe cursor.pointee = tokenhub_batch_cursor() }
        // SAFETY: neither array nor the texts change while they are borrowed here.
        try unsafe batch.rows.withUnsafeBufferPointer { (rows) throws(StoreFault) in
            try unsafe batch.keys.withUnsafeBufferPointer { (keys) throws(StoreFault) in
                try unsafe batch.texts.withBytes { (texts) throws(StoreFault) in
                    unsafe cursor.pointee.rows = UnsafeRawPointer(rows.baseAddress)
                    unsafe cursor.pointee.keys = UnsafeRawPointer(keys.baseAddress)
                    unsafe cursor.pointee.texts = UnsafeRawPointer(texts.baseAddress)
                    var start = 0
                    while start < rows.count {
                        if start > 0 { between() }
                        let end = min(start + Limits.rowsPerRun, rows.count)
                        unsafe cursor.pointee.start = start
                        unsafe cursor.pointee.end = end
                        try body()
                        start = end
                    }
                }
            }
        }
    }

    /// The columns in the order of `request_logs`.
    private static let declaration = "CREATE TABLE x (\(RequestLogs.columns))"

    /// Hands SQLite the value of a column.
    @inline(__always) private static func give(
        _ column: Int32, of cursor: UnsafePointer<tokenhub_batch_cursor>, to context: OpaquePointer?
    ) {
        // SAFETY: SQLite asks between `xFilter` and `xEof` only, so the index is within the rows.
        let row = unsafe cursor.pointee.rows.assumingMemoryBound(to: RequestRows.Row.self) + cursor.pointee.index
        func text(_ place: LentTexts.Place) {
            unsafe tokenhub_result_lent_text(context, cursor.pointee.texts + Int(place.start), place.count)
        }
        func integer(_ value: Int64) { unsafe sqlite3_result_int64(context, value) }
        switch column {
        case 0: unsafe text(row.pointee.time)
        case 1: unsafe text(row.pointee.modelID)
        case 2: unsafe text(row.pointee.providerID)
        case 3: unsafe text(row.pointee.mode)
        case 4: unsafe sqlite3_result_double(context, NanoUSD.dollars(row.pointee.costNanoUSD ?? 0))
        case 5: unsafe integer(row.pointee.latencyMS)
        case 6: unsafe integer(row.pointee.statusCode)
        case 7: unsafe text(row.pointee.errorClass)
        case 8: unsafe text(row.pointee.requestID)
        case 9:
            let keys = unsafe cursor.pointee.keys.assumingMemoryBound(to: RequestRows.Key.self)
            let key = unsafe Int(row.pointee.key)
            unsafe text(key < 0 ? .empty : keys[key].text)
        case 10: unsafe integer(row.pointee.inputTokens)
        case 11: unsafe integer(row.pointee.outputTokens)
        case 12: unsafe integer(row.pointee.inputTokens + row.pointee.outputTokens)
        case 13: unsafe text(row.pointee.aliasFrom)
        // What a column is not given is null.
        case 14: if let cost = unsafe row.pointee.costNanoUSD { integer(cost) }
        case 15: unsafe integer(row.pointee.costNanoUSD == nil ? 0 : 1)
        case 16: unsafe integer(row.pointee.attempts)
        case 17: unsafe integer(row.pointee.providerStatus)
        case 18: if let first = unsafe row.pointee.firstTokenMS { integer(first) }
        case 19: unsafe integer(row.pointee.isStream ? 1 : 0)
        case 20: unsafe text(row.pointee.reason)
        default: preconditionFailure("column \(column) of request_rows")
        }
    }

    /// The address of the module: SQLite keeps it as long as any connection lives, so it is made once and never freed.
    private static let module: UInt = {
        let made = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        unsafe made.initialize(to: sqlite3_module())
        // SAFETY of all of them: SQLite passes the table and the cursor that it was given here, and room for each result.
        unsafe made.pointee.xConnect = { database, cursor, _, _, made, _ in
            let table = UnsafeMutablePointer<tokenhub_batch_table>.allocate(capacity: 1)
            unsafe table.initialize(
                to: tokenhub_batch_table(
                    base: sqlite3_vtab(), cursor: cursor?.assumingMemoryBound(to: tokenhub_batch_cursor.self)))
            unsafe made?.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
            return unsafe sqlite3_declare_vtab(database, declaration)
        }
        unsafe made.pointee.xDisconnect = { table in
            unsafe table?.deallocate()
            return SQLITE_OK
        }
        unsafe made.pointee.xBestIndex = { _, _ in SQLITE_OK }
        unsafe made.pointee.xOpen = { table, opened in
            let table = unsafe UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: tokenhub_batch_table.self)
            unsafe opened?.pointee = UnsafeMutableRawPointer(table?.pointee.cursor)?.assumingMemoryBound(
                to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        unsafe made.pointee.xClose = { _ in SQLITE_OK }
        unsafe made.pointee.xFilter = { cursor, _, _, _, _ in
            unsafe own(cursor).pointee.index = own(cursor).pointee.start
            return SQLITE_OK
        }
        unsafe made.pointee.xNext = { cursor in
            unsafe own(cursor).pointee.index += 1
            return SQLITE_OK
        }
        unsafe made.pointee.xEof = { cursor in
            unsafe own(cursor).pointee.index < own(cursor).pointee.end ? 0 : 1
        }
        unsafe made.pointee.xColumn = { cursor, context, column in
            unsafe give(column, of: own(cursor), to: context)
            return SQLITE_OK
        }
        unsafe made.pointee.xRowid = { cursor, row in
            unsafe row?.pointee = Int64(own(cursor).pointee.index)
            return SQLITE_OK
        }
        return UInt(bitPattern: made)
    }()

    private static func own(
        _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?
    ) -> UnsafeMutablePointer<tokenhub_batch_cursor> {
        // SAFETY: every cursor of this module is one of ours, and its first member is what SQLite sees.
        unsafe UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: tokenhub_batch_cursor.self)
    }
}
