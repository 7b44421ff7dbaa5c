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

static inline int tokenhub_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// SQLITE_STATIC: the bytes must stay where they are until the statement has used the value.
static inline void tokenhub_result_lent_text(sqlite3_context *context, const void *bytes, int count) {
    sqlite3_result_text(context, (const char *)bytes, count, SQLITE_STATIC);
}

// The cursor over a batch of rows; SQLite knows the first member. One behind the other: a table has one cursor.
typedef struct {
    sqlite3_vtab_cursor base;
    const void *rows;
    const void *keys;
    const void *texts;
    long start;
    long end;
    long index;
} tokenhub_batch_cursor;

typedef struct {
    sqlite3_vtab base;
    tokenhub_batch_cursor *cursor;
} tokenhub_batch_table;
