// Several operations.

/// What a provider can be asked for, a bit each.
package struct OperationSet: OptionSet, Equatable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package init(_ operation: Operation) { rawValue = 1 << operation.rawValue }

    package static let chat = OperationSet(.chat)
    package static let completions = OperationSet(.completions)
    package static let embeddings = OperationSet(.embeddings)
    package static let messages = OperationSet(.messages)
    package static let countTokens = OperationSet(.countTokens)
    package static let responses = OperationSet(.responses)
    package static let media = OperationSet(.media)
    package static let compact = OperationSet(.compact)

    package func contains(_ operation: Operation) -> Bool { rawValue & (1 << operation.rawValue) != 0 }
}
