// Why the gateway does not start.

/// Names the variable and what it wants, never a secret's value.
package struct ConfigurationFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let variable: String
    package let reason: String

    package var description: String { "\(variable): \(reason)" }
}
