// One row of the table of presets.

struct PresetFacts {
    /// How the credential is sent.
    enum Credential { case bearer, bearerIfAny, apiKey }

    /// The `type` of a provider's configuration.
    let type: StaticString
    /// The base URL where the operator names none; `nil`: he must.
    var address: StaticString?
    /// What stands between the base URL and the path of an operation.
    var version: StaticString = "/v1"
    var healthPath: StaticString = "/v1/models"
    var credential = Credential.bearer
    var serves: OperationSet = [.chat, .completions, .embeddings]
}
