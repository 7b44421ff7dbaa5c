// The table `models`.

package struct Models {
    let connection: Connection

    private static let columns = """
        id, provider_id, weight, max_context_tokens, output_tokens_max, input_per_1k, output_per_1k, price_known, \
        enabled, pricing_source, tool_name_map, gemma4_output, origin, upstream_model
        """

    private static func read(_ row: Statement) -> ModelRow {
        let isPriced = row.flag(7)
        return ModelRow(
            id: row.text(0), providerID: row.text(1), weight: row.int(2), contextTokensMax: row.int(3),
            outputTokensMax: row.int(4),
            inputNanoUSDPer1K: isPriced ? NanoUSD.fromDollars(row.real(5)) : nil,
            outputNanoUSDPer1K: isPriced ? NanoUSD.fromDollars(row.real(6)) : nil,
            isEnabled: row.flag(8), pricingSource: row.text(9), toolNameMap: row.text(10), isGemma4: row.flag(11),
            origin: row.text(12), upstreamModel: row.text(13))
    }

    /// All of them, by id.
    package func all() throws(StoreFault) -> [ModelRow] {
        try connection.rows("SELECT \(Models.columns) FROM models ORDER BY id", each: Models.read)
    }

    package func find(_ id: String) throws(StoreFault) -> ModelRow? {
        try connection.row("SELECT \(Models.columns) FROM models WHERE id = ?", .text(id), each: Models.read)
    }

    /// - Throws: `StoreFault.foreignKey` when there is no such provider.
    package func upsert(_ row: ModelRow) throws(StoreFault) {
        let isPriced = row.inputNanoUSDPer1K != nil || row.outputNanoUSDPer1K != nil
        try connection.transaction { () throws(StoreFault) in
            // Asked here too: the first databases of the original have the table without the reference.
            let provider = try connection.row("SELECT 1 FROM providers WHERE id = ?", .text(row.providerID)) {
                $0.int(0)
            }
            guard provider != nil else { throw StoreFault.foreignKey }
            try connection.run(
                """
                INSERT INTO models (\(Models.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(id) DO UPDATE SET provider_id = excluded.provider_id, weight = excluded.weight,
                    max_context_tokens = excluded.max_context_tokens, output_tokens_max = excluded.output_tokens_max,
                    input_per_1k = excluded.input_per_1k, output_per_1k = excluded.output_per_1k,
                    price_known = excluded.price_known, enabled = excluded.enabled,
                    pricing_source = excluded.pricing_source, tool_name_map = excluded.tool_name_map,
                    gemma4_output = excluded.gemma4_output, origin = excluded.origin,
                    upstream_model = excluded.upstream_model
                """,
                .text(row.id), .text(row.providerID), .integer(row.weight), .integer(row.contextTokensMax),
                .integer(row.outputTokensMax), .real(NanoUSD.dollars(row.inputNanoUSDPer1K ?? 0)),
                .real(NanoUSD.dollars(row.outputNanoUSDPer1K ?? 0)), .flag(isPriced), .flag(row.isEnabled),
                .text(row.pricingSource), .text(row.toolNameMap), .flag(row.isGemma4), .text(row.origin),
                .text(row.upstreamModel))
        }
    }

    /// Returns whether there was one.
    package func delete(_ id: String) throws(StoreFault) -> Bool {
        try connection.run("DELETE FROM models WHERE id = ?", .text(id)) > 0
    }
}
