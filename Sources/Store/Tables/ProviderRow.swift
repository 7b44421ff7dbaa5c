// A row of `providers`.

package struct ProviderRow: Sendable, Equatable {
    package var id: String
    /// `openai`, `anthropic`, `vllm`, `sim`; what an older database holds is kept as it is.
    package var type: String
    package var isEnabled: Bool
    package var baseURL: String
    /// Where its key is: `none`, `vault`, or another word that the operator chose.
    package var credentialStore: String
    /// Who wrote the row: `admin`, `credentials`, `env` or `sim`. A row of `admin` is never overwritten by a file.
    package var origin: String
    /// 0 for the gateway's default.
    package var timeoutMS: Int

    package init(
        id: String, type: String, isEnabled: Bool = true, baseURL: String, credentialStore: String = "none",
        origin: String = "admin", timeoutMS: Int = 0
    ) {
        self.id = id
        self.type = type
        self.isEnabled = isEnabled
        self.baseURL = baseURL
        self.credentialStore = credentialStore
        self.origin = origin
        self.timeoutMS = timeoutMS
    }
}
