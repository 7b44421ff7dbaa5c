// A provider's key in memory, with the place it may be sent to.

import Store

struct ProviderKey {
    let secret: Secret
    /// The address the key was given together with, in `BaseURLs.text`'s spelling. It goes to no other one; `nil` for a key
    /// of the vault, which belongs to the provider whatever its address becomes.
    let boundTo: String?
}
