// A prepared statement.

import CSQLite

// Fence: one sqlite3_stmt, owned by this object and finalised with it. It is used by the thread of its connection only.
// Text and blobs are copied by SQLite while they are bound and copied out of it before the next step.
@safe final class Statement {
    private let handle: OpaquePointer
    private(set) var isRunning = false

    init(_ sql: String, database: OpaquePointer) throws(StoreFault) {
        var handle: OpaquePointer?
        // SAFETY: the connection is open while it makes a statement; the text is copied during the call.
        let code = unsafe sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let prepared = unsafe handle else {
            throw unsafe StoreFault(code: code, database: database)
        }
        unsafe self.handle = prepared
    }

    deinit {
        // SAFETY: finalised once. sqlite3_close_v2 keeps the connection alive for statements that outlive it.
        unsafe sqlite3_finalize(handle)
    }

    var parameterCount: Int {
        // SAFETY: the statement is alive until deinit; so in every call below.
        unsafe Int(sqlite3_bind_parameter_count(handle))
    }

    func bind(_ index: Int, _ value: Value) {
        switch value {
        case .null: bindNull(index)
        case .integer(let value): bind(index, value)
        case .real(let value): bind(index, value)
        case .text(let value): bind(index, value)
        case .blob(let value): bind(index, value)
        }
    }

    func bindNull(_ index: Int) {
        // SAFETY: as above.
        check(unsafe sqlite3_bind_null(handle, Int32(index)))
    }

    func bind(_ index: Int, _ value: Int64) {
        // SAFETY: as above.
        check(unsafe sqlite3_bind_int64(handle, Int32(index), value))
    }

    func bind(_ index: Int, _ value: Double) {
        // SAFETY: as above.
        check(unsafe sqlite3_bind_double(handle, Int32(index), value))
    }

    func bind(_ index: Int, _ text: String) {
        var text = text
        // SAFETY: the bytes live for the call, which copies them.
        let code = text.withUTF8 {
            unsafe tokenhub_bind_text(handle, Int32(index), $0.baseAddress, Int32($0.count))
        }
        check(code)
    }

    func bind(_ index: Int, _ bytes: [UInt8]) {
        // SAFETY: the bytes live for the call, which copies them.
        let code = unsafe bytes.withUnsafeBufferPointer {
            unsafe tokenhub_bind_blob(handle, Int32(index), $0.baseAddress, Int32($0.count))
        }
        check(code)
    }

    /// A wrong index or a value beyond SQLite's gigabyte is our own mistake.
    private func check(_ code: Int32) { precondition(code == SQLITE_OK, "sqlite3_bind: \(code)") }

    /// True while there is a row to read.
    func step() throws(StoreFault) -> Bool {
        isRunning = true
        // SAFETY: as above.
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        isRunning = false
        if code == SQLITE_DONE { return false }
        // SAFETY: the handle's connection is alive with the statement.
        throw unsafe StoreFault(code: code, database: sqlite3_db_handle(handle))
    }

    /// Makes the statement ready for new parameters and lets go of the locks it holds.
    func reset() {
        rewind()
        // Large texts must not stay bound in a cached statement.
        // SAFETY: as above.
        unsafe sqlite3_clear_bindings(handle)
    }

    /// Makes the statement ready to run again with the parameters it has.
    func rewind() {
        isRunning = false
        // SAFETY: as above. The result repeats the last step's, which was reported.
        unsafe sqlite3_reset(handle)
    }

    func isNull(_ column: Int) -> Bool {
        // SAFETY: as above; a column out of range reads as null.
        unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 {
        // SAFETY: as above.
        unsafe sqlite3_column_int64(handle, Int32(column))
    }

    func real(_ column: Int) -> Double {
        // SAFETY: as above.
        unsafe sqlite3_column_double(handle, Int32(column))
    }

    func text(_ column: Int) -> String {
        // SAFETY: the text is read before its length, as SQLite asks; both are valid until the next step, and copied here.
        guard let bytes = unsafe sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8] {
        // SAFETY: as for text.
        guard let bytes = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }
}

extension Statement {
    func flag(_ column: Int) -> Bool { integer(column) != 0 }
    func int(_ column: Int) -> Int { Int(integer(column)) }
    func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    /// A time in any of the three spellings; `nil` for null and for what is no time.
    func time(_ column: Int) -> Timestamp? { isNull(column) ? nil : Timestamp(text(column)) }
}

extension StoreFault {
    /// Reads what went wrong from the connection on which it did.
    @unsafe init(code: Int32, database: OpaquePointer?) {
        // SAFETY: errmsg's text is valid until the next call on the connection, and copied here.
        let message = unsafe database.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
        let extended = unsafe database.map { unsafe sqlite3_extended_errcode($0) } ?? code
        switch Int(extended) {
        case TOKENHUB_CONSTRAINT_FOREIGNKEY: self = .foreignKey
        case TOKENHUB_CONSTRAINT_UNIQUE, TOKENHUB_CONSTRAINT_PRIMARYKEY: self = .duplicate(message)
        default:
            switch extended & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
            case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG: self = .refused(message)
            case SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PERM, SQLITE_AUTH:
                self = .unwritable(message)
            case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
            default: self = .failed(code: extended, message: message)
            }
        }
    }
}
