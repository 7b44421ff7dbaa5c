// What a core is told once, at its start.

package import Reactor

extension DataPlane {
    package struct Settings: Sendable {
        package var trust: TLSVerification
        package var logsAccess: Bool
        package var origins: AllowedOrigins
        /// The first core probes the providers.
        package var probesProviders: Bool
        /// One for all cores.
        package let answers = StoredAnswers()
        package init(
            trust: TLSVerification = .system(), logsAccess: Bool = true,
            origins: AllowedOrigins = AllowedOrigins(["*"]), probesProviders: Bool = false
        ) {
            self.trust = trust
            self.logsAccess = logsAccess
            self.origins = origins
            self.probesProviders = probesProviders
        }
    }
}
