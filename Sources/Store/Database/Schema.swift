// The schema's history. Append only: a step that has been released is never edited.

enum Schema {
    /// The original's thirteen steps, and behind them ours. Ours are numbered from 1001, so that a step 14 of the original
    /// can never be mistaken for one of them.
    static let migrations: [Migration] = original + ours

    /// A fresh database gets the original's schema whole with its first step; the other twelve are recorded, because a
    /// database that the original made has them. Each one makes sure of the columns it stands for.
    private static let original: [Migration] = [
        Migration(version: 1, name: "tables of the original") { (connection) throws(StoreFault) in
            for table in tables { try connection.run(table) }
        },
        columns(
            2, "request_logs: key and tokens", "request_logs",
            [
                "api_key_id TEXT NOT NULL DEFAULT ''", "input_tokens INTEGER NOT NULL DEFAULT 0",
                "output_tokens INTEGER NOT NULL DEFAULT 0", "total_tokens INTEGER NOT NULL DEFAULT 0",
            ]),
        columns(3, "request_logs: alias", "request_logs", ["alias_from TEXT NOT NULL DEFAULT ''"]),
        columns(4, "models: price source", "models", ["pricing_source TEXT NOT NULL DEFAULT 'manual'"]),
        columns(5, "models: tool names", "models", ["tool_name_map TEXT NOT NULL DEFAULT '{}'"]),
        columns(6, "models: gemma 4", "models", ["gemma4_output INTEGER NOT NULL DEFAULT 0"]),
        columns(7, "api_keys: budget", "api_keys", ["monthly_budget_usd REAL NOT NULL DEFAULT 0"]),
        columns(8, "api_keys: rate", "api_keys", ["rate_limit_rps INTEGER NOT NULL DEFAULT 0"]),
        columns(9, "api_keys: budget reset", "api_keys", ["budget_reset_at TEXT"]),
        Migration(version: 10, name: "api_keys: prefix") { (connection) throws(StoreFault) in
            try connection.run("CREATE INDEX IF NOT EXISTS idx_api_keys_prefix ON api_keys(key_prefix)")
        },
        Migration(version: 11, name: "audit_logs: time") { (connection) throws(StoreFault) in
            try connection.run("CREATE INDEX IF NOT EXISTS idx_audit_logs_timestamp ON audit_logs(timestamp)")
        },
        Migration(version: 12, name: "reward_logs: time") { (connection) throws(StoreFault) in
            try connection.run("CREATE INDEX IF NOT EXISTS idx_reward_logs_ts ON reward_logs(timestamp)")
        },
        Migration(version: 13, name: "tsdb_points: series") { (connection) throws(StoreFault) in
            try connection.run(
                """
                CREATE INDEX IF NOT EXISTS idx_tsdb_series ON tsdb_points(metric, model_id, provider_id, ts)
                """)
        },
    ]

    private static let ours: [Migration] = [
        columns(1001, "api_keys: digest", "api_keys", ["key_digest BLOB", "rotated_at TEXT"]),
        Migration(version: 1002, name: "api_keys: digest is unique") { (connection) throws(StoreFault) in
            try connection.run(
                "CREATE UNIQUE INDEX IF NOT EXISTS idx_api_keys_digest ON api_keys(key_digest) WHERE key_digest IS NOT NULL"
            )
        },
        columns(
            1003, "providers: origin", "providers",
            [
                "origin TEXT NOT NULL DEFAULT 'admin'", "timeout_ms INTEGER NOT NULL DEFAULT 0",
            ]),
        columns(
            1004, "models: price, bounds", "models",
            [
                "origin TEXT NOT NULL DEFAULT 'admin'", "upstream_model TEXT NOT NULL DEFAULT ''",
                "output_tokens_max INTEGER NOT NULL DEFAULT 0", "price_known INTEGER NOT NULL DEFAULT 1",
            ]),
        Migration(version: 1005, name: "models: a manual price of nothing is unknown") {
            (connection) throws(StoreFault) in
            // The original stores 0 for "nobody said", which would let a paid model pass every budget.
            try connection.run(
                """
                UPDATE models SET price_known = 0
                WHERE input_per_1k = 0 AND output_per_1k = 0 AND pricing_source = 'manual'
                AND provider_id NOT IN (SELECT id FROM providers WHERE type = 'vllm')
                """)
        },
        columns(
            1006, "request_logs: attempts, exact cost", "request_logs",
            [
                "cost_nanousd INTEGER", "price_known INTEGER NOT NULL DEFAULT 1", "attempts INTEGER NOT NULL DEFAULT 1",
                "provider_status INTEGER NOT NULL DEFAULT 0", "ttft_ms INTEGER", "stream INTEGER NOT NULL DEFAULT 0",
                "reason TEXT NOT NULL DEFAULT ''",
            ]),
        Migration(version: 1007, name: "request_logs: no indexes") { (connection) throws(StoreFault) in
            // Four indexes cost more than the row itself on every request, and rows stand in order of time already:
            // listings and pruning walk the ids, spend has a table of its own.
            for index in try connection.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'request_logs' AND sql IS NOT NULL",
                each: { $0.text(0) })
            {
                try connection.run("DROP INDEX \"\(index.split(separator: "\"").joined(separator: "\"\""))\"")
            }
        },
        columns(1008, "audit_logs: actor", "audit_logs", ["actor TEXT NOT NULL DEFAULT ''"]),
        Migration(version: 1009, name: "spend of each key") { (connection) throws(StoreFault) in
            try connection.run(
                """
                CREATE TABLE key_spend (
                    api_key_id TEXT PRIMARY KEY, since TEXT NOT NULL, cost_nanousd INTEGER NOT NULL) WITHOUT ROWID
                """)
            try connection.run(
                "CREATE TABLE key_spend_state (id INTEGER PRIMARY KEY CHECK (id = 1), folded_log_id INTEGER NOT NULL)")
        },
        columns(1010, "vault_blob: verifier", "vault_blob", ["verifier TEXT NOT NULL DEFAULT ''"]),
        columns(
            1011, "reward_logs: probability, candidates, verdict", "reward_logs",
            [
                "probability REAL NOT NULL DEFAULT 1", "candidates TEXT NOT NULL DEFAULT ''", "score REAL",
                "api_key_id TEXT NOT NULL DEFAULT ''",
            ]),
        Migration(version: 1012, name: "bandit_arms") { (connection) throws(StoreFault) in
            try connection.run(
                """
                CREATE TABLE bandit_arms (
                    model_id TEXT NOT NULL, token_bucket TEXT NOT NULL, count REAL NOT NULL, sum REAL NOT NULL,
                    squares REAL NOT NULL, at_ns INTEGER NOT NULL, PRIMARY KEY (model_id, token_bucket)) WITHOUT ROWID
                """)
        },
        Migration(version: 1013, name: "reward_logs: request") { (connection) throws(StoreFault) in
            // Verdicts come by request.
            try connection.run("CREATE INDEX IF NOT EXISTS idx_reward_logs_request ON reward_logs(request_id)")
        },
    ]

    private static func columns(
        _ version: Int, _ name: String, _ table: String, _ definitions: [String]
    ) -> Migration {
        Migration(version: version, name: name) { (connection) throws(StoreFault) in
            for definition in definitions { try Migration.addColumn(definition, to: table, on: connection) }
        }
    }

    private static let tables = [
        """
        CREATE TABLE IF NOT EXISTS providers (
            id TEXT PRIMARY KEY, type TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1,
            base_url TEXT NOT NULL DEFAULT '', cred_store TEXT NOT NULL DEFAULT 'none')
        """,
        """
        CREATE TABLE IF NOT EXISTS models (
            id TEXT PRIMARY KEY,
            provider_id TEXT NOT NULL REFERENCES providers(id) ON DELETE CASCADE,
            weight INTEGER NOT NULL DEFAULT 1, max_context_tokens INTEGER NOT NULL DEFAULT 4096,
            input_per_1k REAL NOT NULL DEFAULT 0, output_per_1k REAL NOT NULL DEFAULT 0,
            enabled INTEGER NOT NULL DEFAULT 1)
        """,
        """
        CREATE TABLE IF NOT EXISTS request_logs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            model_id TEXT NOT NULL, provider_id TEXT NOT NULL, mode TEXT NOT NULL DEFAULT '',
            estimated_cost_usd REAL NOT NULL DEFAULT 0, latency_ms INTEGER NOT NULL DEFAULT 0,
            status_code INTEGER NOT NULL DEFAULT 200, error_class TEXT NOT NULL DEFAULT '',
            request_id TEXT NOT NULL DEFAULT '')
        """,
        """
        CREATE TABLE IF NOT EXISTS reward_logs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, request_id TEXT, model_id TEXT NOT NULL,
            provider_id TEXT NOT NULL, mode TEXT, estimated_tokens INTEGER, token_bucket TEXT,
            latency_budget_ms INTEGER, latency_ms REAL, cost_usd REAL, success INTEGER, error_class TEXT, reward REAL)
        """,
        """
        CREATE TABLE IF NOT EXISTS audit_logs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
            action TEXT NOT NULL, resource TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '',
            request_id TEXT NOT NULL DEFAULT '')
        """,
        """
        CREATE TABLE IF NOT EXISTS api_keys (
            id TEXT PRIMARY KEY, key_hash TEXT NOT NULL, key_prefix TEXT NOT NULL, name TEXT NOT NULL,
            scopes TEXT NOT NULL DEFAULT '["chat","plan"]', created_at TEXT NOT NULL, last_used_at TEXT,
            expires_at TEXT, rotation_days INTEGER NOT NULL DEFAULT 0, enabled INTEGER NOT NULL DEFAULT 1)
        """,
        """
        CREATE TABLE IF NOT EXISTS model_aliases (
            name TEXT PRIMARY KEY, variants TEXT NOT NULL DEFAULT '[]', enabled INTEGER NOT NULL DEFAULT 1,
            sticky_by TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL, updated_at TEXT NOT NULL)
        """,
        """
        CREATE TABLE IF NOT EXISTS routing_config (
            id INTEGER PRIMARY KEY CHECK (id = 1), default_mode TEXT NOT NULL DEFAULT 'normal',
            default_max_budget_usd REAL NOT NULL DEFAULT 0.05, default_max_latency_ms INTEGER NOT NULL DEFAULT 20000)
        """,
        """
        CREATE TABLE IF NOT EXISTS vault_blob (
            id INTEGER PRIMARY KEY CHECK (id = 1), salt BLOB NOT NULL, data TEXT NOT NULL DEFAULT '{}')
        """,
        """
        CREATE TABLE IF NOT EXISTS tsdb_points (
            id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL, metric TEXT NOT NULL,
            model_id TEXT NOT NULL DEFAULT '', provider_id TEXT NOT NULL DEFAULT '', value REAL NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS idx_tsdb_ts ON tsdb_points(ts)",
        "CREATE INDEX IF NOT EXISTS idx_tsdb_metric ON tsdb_points(metric, ts)",
    ]
}
