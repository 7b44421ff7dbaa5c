// The store: one writer and the tables behind it.

/// Owned by the control thread; every call blocks until SQLite has answered. What a call has returned from is on the disk.
package final class Database {
    package let source: DataSource
    let connection: Connection
    package let providers: Providers
    package let models: Models
    package let apiKeys: APIKeys
    package let requestLogs: RequestLogs
    package let auditLogs: AuditLogs
    package let rewards: Rewards
    package let banditArms: BanditArms
    package let aliases: Aliases
    package let routingConfig: RoutingConfig
    package let vaultBlob: VaultBlob
    package let keySpend: KeySpend

    /// Opens or creates the database, brings its schema up to date and folds the spend that a crash or another program left.
    package init(_ source: DataSource, now: Timestamp) throws(StoreFault) {
        try source.prepareFile()
        let connection = try Connection(source)
        try Migration.run(Schema.migrations, on: connection, now: now)
        self.source = source
        self.connection = connection
        providers = Providers(connection: connection)
        models = Models(connection: connection)
        let keySpend = try KeySpend(connection: connection)
        self.keySpend = keySpend
        apiKeys = APIKeys(connection: connection, keySpend: keySpend)
        requestLogs = try RequestLogs(connection: connection, keySpend: keySpend)
        auditLogs = AuditLogs(connection: connection)
        rewards = Rewards(connection: connection)
        banditArms = BanditArms(connection: connection)
        aliases = Aliases(connection: connection)
        routingConfig = RoutingConfig(connection: connection)
        vaultBlob = VaultBlob(connection: connection)
    }

    /// Does all of `body` or nothing: a change and its audit row, a provider and its models.
    package func transaction<Result>(_ body: () throws(StoreFault) -> Result) throws(StoreFault) -> Result {
        try connection.transaction(body)
    }

    /// Moves the write-ahead log into the file and checks that the disk took it. Called at shutdown.
    package func checkpoint() throws(StoreFault) {
        _ = try connection.row("PRAGMA wal_checkpoint(TRUNCATE)") { $0.integer(0) }
    }
}
