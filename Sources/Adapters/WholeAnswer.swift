// Reads a whole answer: whether it is one, and what it cost.

package import Wire

/// What the body of a 200 says. An answer that is empty, half a JSON text or without content of its kind is a provider's
/// fault: a client must never take it for an answer that happens to be short.
package struct WholeAnswer: Equatable, Sendable {
    package private(set) var usage = Usage()
    package private(set) var hasUsage = false
    /// Of the last choice.
    package private(set) var finish = FinishReason.none
    /// The inside of the `model` string as written; empty when there is none.
    package private(set) var model = ByteRange.none
    /// Choices with a message or text, or vectors of an embeddings answer.
    package private(set) var partCount = 0

    /// Validates the whole body and reads it.
    /// - Throws: `.transient`, since another provider may answer: `.emptyAnswer`, `.malformedAnswer`, `.hollowAnswer`, or
    ///   `.errorObject` for an error in the place of an answer.
    package init(_ body: Span<UInt8>, operation: Operation) throws(AttemptFault) {
        if body.isEmpty { throw .transient(.emptyAnswer) }
        let hasError: Bool
        do throws(JSONFault) {
            hasError = try read(body, operation)
        } catch {
            throw .transient(error.reason == .notAnObject ? .hollowAnswer : .malformedAnswer)
        }
        if partCount > 0 { return }
        throw .transient(hasError ? .errorObject : .hollowAnswer)
    }

    /// - Returns: whether there is an error object.
    private mutating func read(_ body: Span<UInt8>, _ operation: Operation) throws(JSONFault) -> Bool {
        var reader = JSONReader(depthMax: Limits.answerDepthMax)
        guard reader.nextKind(in: body) == .object else {
            try reader.skip(in: body)
            try reader.finish(in: body)
            throw JSONFault(position: 0, reason: .notAnObject)
        }
        var hasError = false
        try reader.enter(in: body)
        while let member = try reader.nextMember(in: body) {
            switch member.kind {
            case .array where WholeAnswer.isParts(member, operation, body):
                try takeParts(&reader, body, operation)
            case .object where JSONScan.isName(of: member, "usage", in: body):
                var told = Usage()
                if try told.take(&reader, body) { (usage, hasUsage) = (told, true) }
            case .string where JSONScan.isName(of: member, "model", in: body):
                let value = try reader.skip(in: body)
                model = ByteRange(Int(value.start) + 1, Int(value.end) - 1)
            case .object, .array, .string, .number, .bool:
                if JSONScan.isName(of: member, "error", in: body) { hasError = true }
                try reader.skip(in: body)
            case .null:
                try reader.skip(in: body)
            }
        }
        try reader.finish(in: body)
        return hasError
    }

    private mutating func takeParts(
        _ reader: inout JSONReader, _ body: Span<UInt8>, _ operation: Operation
    ) throws(JSONFault) {
        try reader.enter(in: body)
        while try reader.nextElement(in: body) {
            guard reader.nextKind(in: body) == .object else {
                try reader.skip(in: body)
                continue
            }
            try reader.enter(in: body)
            while let member = try reader.nextMember(in: body) {
                let value = try reader.skip(in: body)
                if member.kind == .string, JSONScan.isName(of: member, "finish_reason", in: body) {
                    finish = FinishReason(body, value)
                } else if member.kind != .null, WholeAnswer.isSubstance(member, operation, body) {
                    partCount &+= 1
                }
            }
        }
    }

    private static func isParts(_ member: JSONMember, _ operation: Operation, _ body: Span<UInt8>) -> Bool {
        switch operation {
        case .chat, .completions: JSONScan.isName(of: member, "choices", in: body)
        case .embeddings: JSONScan.isName(of: member, "data", in: body)
        case .messages: JSONScan.isName(of: member, "content", in: body)
        case .responses: JSONScan.isName(of: member, "output", in: body)
        case .countTokens: false
        }
    }

    private static func isSubstance(_ member: JSONMember, _ operation: Operation, _ body: Span<UInt8>) -> Bool {
        switch operation {
        case .chat: JSONScan.isName(of: member, "message", in: body)
        case .completions: JSONScan.isName(of: member, "text", in: body)
        case .embeddings: JSONScan.isName(of: member, "embedding", in: body)
        case .messages, .responses: JSONScan.isName(of: member, "type", in: body)
        case .countTokens: false
        }
    }
}
