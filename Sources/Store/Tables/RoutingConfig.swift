// The table `routing_config`, which has one row or none.

package struct RoutingConfig {
    let connection: Connection

    package func load() throws(StoreFault) -> RoutingConfigRow? {
        try connection.row(
            "SELECT default_mode, default_max_budget_usd, default_max_latency_ms FROM routing_config WHERE id = 1"
        ) {
            RoutingConfigRow(
                defaultMode: $0.text(0), defaultBudgetNanoUSDMax: NanoUSD.fromDollars($0.real(1)),
                defaultLatencyMSMax: $0.int(2))
        }
    }

    package func save(_ row: RoutingConfigRow) throws(StoreFault) {
        try connection.run(
            """
            INSERT INTO routing_config (id, default_mode, default_max_budget_usd, default_max_latency_ms)
            VALUES (1, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET default_mode = excluded.default_mode,
                default_max_budget_usd = excluded.default_max_budget_usd,
                default_max_latency_ms = excluded.default_max_latency_ms
            """,
            .text(row.defaultMode), .real(NanoUSD.dollars(row.defaultBudgetNanoUSDMax)),
            .integer(row.defaultLatencyMSMax))
    }
}
