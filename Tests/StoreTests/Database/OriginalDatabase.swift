@testable import Store

/// A database as the original leaves it: its thirteen migrations recorded, its time format, its key hash and vault.
enum OriginalDatabase {
    static let password = "your-secure-password"
    static let salt = (0..<16).map { UInt8($0) }
    static let plaintext = "tokenhub_" + String(repeating: "0123456789abcdef", count: 4)
    static let requestRows = [
        // (timestamp, dollars): two of January, the first day of February, and later.
        ("2026-01-31 23:59:59.999999999 +0000 UTC", 100.0), ("2026-01-15 10:00:00 +0000 UTC", 50.0),
        ("2026-02-01 00:00:00 +0000 UTC", 0.25), ("2026-02-01 08:00:00.5 +0000 UTC", 0.5),
        ("2026-02-10T09:00:00Z", 1.0), ("2026-02-11 10:00:00", 2.0),
    ]

    static func make(at path: String) throws {
        let source = try DataSource(path)
        try source.prepareFile()
        let connection = try Connection(source)
        for statement in schema { try connection.run(statement) }
        for version in 1...13 {
            try connection.run(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)", .integer(version),
                .text("migration \(version)"), .text("2026-01-01 00:00:00 +0000 UTC"))
        }
        try connection.run(
            "INSERT INTO providers (id, type, enabled, base_url, cred_store) VALUES (?, ?, 1, ?, 'vault')",
            .text("openai-main"), .text("openai"), .text("https://api.openai.com"))
        try connection.run(
            "INSERT INTO providers (id, type, enabled, base_url) VALUES ('local', 'vllm', 1, 'http://127.0.0.1:8000')")
        for (id, provider, price) in [
            ("gpt", "openai-main", 0.0025), ("free-gpt", "openai-main", 0), ("llama", "local", 0),
        ] {
            try connection.run(
                """
                INSERT INTO models (id, provider_id, weight, max_context_tokens, input_per_1k, output_per_1k, enabled)
                VALUES (?, ?, 5, 128000, ?, ?, 1)
                """, .text(id), .text(provider), .real(price), .real(price * 4))
        }
        try connection.run(
            """
            INSERT INTO api_keys (id, key_hash, key_prefix, name, scopes, created_at, rotation_days, enabled,
                monthly_budget_usd) VALUES (?, ?, ?, 'old', '["chat","plan"]', ?, 0, 1, 10)
            """,
            .text("0123456789abcdef"), .text(PasswordHash.make(Hex.encode(Digest.sha256(Array(plaintext.utf8))))),
            .text(String(plaintext.prefix(17))), .text("2025-12-24 18:00:00.123456789 +0000 UTC"))
        for (time, dollars) in requestRows {
            try connection.run(
                """
                INSERT INTO request_logs (timestamp, model_id, provider_id, estimated_cost_usd, latency_ms, api_key_id)
                VALUES (?, 'gpt', 'openai-main', ?, 120, '0123456789abcdef')
                """, .text(time), .real(dollars))
        }
        try connection.run(
            "INSERT INTO reward_logs (timestamp, model_id, provider_id, success, reward) VALUES (?, 'gpt', 'o', 1, 0.75)",
            .text("2026-02-16 11:00:00.5 +0000 UTC"))
        try connection.run(
            "INSERT INTO audit_logs (timestamp, action, resource) VALUES ('2026-02-16 11:00:00 +0000 UTC', 'vault.lock', '')"
        )
        let key = KeyDerivation.vaultKey(password: Array(password.utf8), salt: salt)
        let name = "provider:openai-main:api_key"
        let sealed = Base64.encode(Cipher.seal(Array("sk-original".utf8).span, key: key, associated: []))
        try connection.run(
            "INSERT INTO vault_blob (id, salt, data) VALUES (1, ?, ?)", .blob(salt),
            .text(StringJSON.encode([name: sealed])))
    }

    private static let schema = [
        "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)",
        """
        CREATE TABLE providers (id TEXT PRIMARY KEY, type TEXT NOT NULL, enabled BOOLEAN NOT NULL DEFAULT 1,
            base_url TEXT NOT NULL DEFAULT '', cred_store TEXT NOT NULL DEFAULT 'none')
        """,
        """
        CREATE TABLE models (id TEXT PRIMARY KEY, provider_id TEXT NOT NULL, weight INTEGER NOT NULL DEFAULT 1,
            max_context_tokens INTEGER NOT NULL DEFAULT 4096, input_per_1k REAL NOT NULL DEFAULT 0,
            output_per_1k REAL NOT NULL DEFAULT 0, enabled BOOLEAN NOT NULL DEFAULT 1,
            pricing_source TEXT NOT NULL DEFAULT 'manual', tool_name_map TEXT NOT NULL DEFAULT '{}',
            gemma4_output BOOLEAN NOT NULL DEFAULT 0,
            FOREIGN KEY (provider_id) REFERENCES providers(id) ON DELETE CASCADE)
        """,
        """
        CREATE TABLE request_logs (id INTEGER PRIMARY KEY AUTOINCREMENT,
            timestamp DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, model_id TEXT NOT NULL, provider_id TEXT NOT NULL,
            mode TEXT NOT NULL DEFAULT '', estimated_cost_usd REAL NOT NULL DEFAULT 0,
            latency_ms INTEGER NOT NULL DEFAULT 0, status_code INTEGER NOT NULL DEFAULT 200,
            error_class TEXT NOT NULL DEFAULT '', request_id TEXT NOT NULL DEFAULT '',
            api_key_id TEXT NOT NULL DEFAULT '', input_tokens INTEGER NOT NULL DEFAULT 0,
            output_tokens INTEGER NOT NULL DEFAULT 0, total_tokens INTEGER NOT NULL DEFAULT 0,
            alias_from TEXT NOT NULL DEFAULT '')
        """,
        "CREATE INDEX idx_request_logs_timestamp ON request_logs(timestamp)",
        "CREATE INDEX idx_request_logs_model ON request_logs(model_id)",
        "CREATE INDEX idx_request_logs_api_key ON request_logs(api_key_id)",
        "CREATE INDEX idx_request_logs_alias_from ON request_logs(alias_from)",
        """
        CREATE TABLE reward_logs (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, request_id TEXT,
            model_id TEXT NOT NULL, provider_id TEXT NOT NULL, mode TEXT, estimated_tokens INTEGER, token_bucket TEXT,
            latency_budget_ms INTEGER, latency_ms REAL, cost_usd REAL, success INTEGER, error_class TEXT, reward REAL)
        """,
        """
        CREATE TABLE audit_logs (id INTEGER PRIMARY KEY AUTOINCREMENT,
            timestamp DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, action TEXT NOT NULL,
            resource TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', request_id TEXT NOT NULL DEFAULT '')
        """,
        """
        CREATE TABLE api_keys (id TEXT PRIMARY KEY, key_hash TEXT NOT NULL, key_prefix TEXT NOT NULL,
            name TEXT NOT NULL, scopes TEXT NOT NULL DEFAULT '["chat","plan"]', created_at TEXT NOT NULL,
            last_used_at TEXT, expires_at TEXT, rotation_days INTEGER NOT NULL DEFAULT 0,
            enabled INTEGER NOT NULL DEFAULT 1, monthly_budget_usd REAL NOT NULL DEFAULT 0,
            rate_limit_rps INTEGER NOT NULL DEFAULT 0, budget_reset_at TEXT)
        """,
        """
        CREATE TABLE model_aliases (name TEXT PRIMARY KEY, variants TEXT NOT NULL DEFAULT '[]',
            enabled INTEGER NOT NULL DEFAULT 1, sticky_by TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL)
        """,
        """
        CREATE TABLE routing_config (id INTEGER PRIMARY KEY CHECK (id = 1), default_mode TEXT NOT NULL DEFAULT 'normal',
            default_max_budget_usd REAL NOT NULL DEFAULT 0.05, default_max_latency_ms INTEGER NOT NULL DEFAULT 20000)
        """,
        "CREATE TABLE vault_blob (id INTEGER PRIMARY KEY CHECK (id = 1), salt BLOB NOT NULL, data TEXT NOT NULL DEFAULT '{}')",
        """
        CREATE TABLE tsdb_points (id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL, metric TEXT NOT NULL,
            model_id TEXT NOT NULL DEFAULT '', provider_id TEXT NOT NULL DEFAULT '', value REAL NOT NULL)
        """,
    ]
}
