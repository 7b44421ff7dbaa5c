// SQLite 3, Argon2 and crypt(3): the libraries behind the store and its vault.
#pragma once
#include <argon2.h>
#include <crypt.h>
#include <sqlite3.h>

// Extended codes are computed by macros that Swift cannot import.
enum {
    TOKENHUB_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT_FOREIGNKEY,
    TOKENHUB_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY,
    TOKENHUB_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE,
};

// SQLite counts the bytes it allocates under a lock of the whole process, which nobody here reads. Before the first use only;
// sqlite3_config is variadic.
static inline int tokenhub_sqlite_configure(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// SQLITE_TRANSIENT is a cast that Swift cannot import. The bytes are copied before these return.
static inline int tokenhub_bind_text(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_text(statement, index, count == 0 ? "" : (const char *)bytes, count, SQLITE_TRANSIENT);
}

// The bytes must stay where they are until the binding is cleared.
static inline int tokenhub_bind_lent_text(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_text(statement, index, count == 0 ? "" : (const char *)bytes, count, SQLITE_STATIC);
}

static inline int tokenhub_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
