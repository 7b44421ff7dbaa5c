// The table `bandit_arms`: the bandit's memory, a few rows for each model.

package struct BanditArms {
    let connection: Connection

    package func all() throws(StoreFault) -> [ArmRow] {
        try connection.rows("SELECT model_id, token_bucket, count, sum, squares, at_ns FROM bandit_arms") {
            ArmRow(
                modelID: $0.text(0), tokenBucket: $0.text(1), count: $0.real(2), sum: $0.real(3), squares: $0.real(4),
                atNS: $0.integer(5))
        }
    }

    /// Writes these and forgets all others.
    package func replace(_ rows: [ArmRow]) throws(StoreFault) {
        try connection.transaction { () throws(StoreFault) in
            try connection.run("DELETE FROM bandit_arms")
            for row in rows {
                try connection.run(
                    "INSERT INTO bandit_arms (model_id, token_bucket, count, sum, squares, at_ns) VALUES (?, ?, ?, ?, ?, ?)",
                    .text(row.modelID), .text(row.tokenBucket), .real(row.count), .real(row.sum), .real(row.squares),
                    .integer(row.atNS))
            }
        }
    }
}
