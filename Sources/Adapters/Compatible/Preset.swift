// The services that copied the OpenAI wire.

import Wire

/// A service known by name; how its copy of the wire differs is a row of `Preset+Table`, and what its models take one of
/// `Quirks+Table`. Adding one touches these.
package enum Preset: UInt8, Equatable, Sendable, CaseIterable {
    /// Any other server that speaks the wire.
    case other
    case azure, openRouter, together, groq, mistral, deepSeek, gemini, ollama

    /// Reads the `type` of a provider's configuration.
    init?(type: Span<UInt8>) {
        for preset in Preset.allCases where ASCII.equalsIgnoringCase(type, preset.facts.type) {
            self = preset
            return
        }
        return nil
    }
}
