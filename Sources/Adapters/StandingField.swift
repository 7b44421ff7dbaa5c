// A header field that every request to a provider bears.

/// Sent unless a client's own field of that name goes on.
package struct StandingField: Sendable {
    /// In lower case.
    let name: StaticString
    let value: StaticString
}
