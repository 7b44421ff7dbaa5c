// Why a request does not fit another wire.

package import Wire

/// Why a request cannot be put into another wire at all. Another provider may take it as it is.
package enum TranslationFault: Error, Equatable, Sendable {
    case malformed(JSONFault)
    case severalChoices
    case audioOutput
    case storedConversation
    case storedPrompt
    case itemReference
    case background
    case fileReference
    case orphanedResult
    case unknownRole
    case unknownPart
    case toolName
    /// No answer is asked for, only that the prompt be kept.
    case noAnswer

    /// The member at fault, as the client spells it.
    package var field: StaticString {
        switch self {
        case .malformed: "body"
        case .severalChoices: "n"
        case .audioOutput: "modalities"
        case .storedConversation: "previous_response_id"
        case .storedPrompt: "prompt"
        case .itemReference: "input"
        case .background: "background"
        case .fileReference: "file_id"
        case .orphanedResult: "tool_call_id"
        case .unknownRole: "role"
        case .unknownPart: "content"
        case .toolName: "tools.name"
        case .noAnswer: "max_tokens"
        }
    }
}
