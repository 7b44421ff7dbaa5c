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
    /// Choices with a message or text, vectors of an embeddings answer, blocks of a message, items of a response.
    package private(set) var partCount = 0
    /// It says why it ended, as the wires do whose answers may have no part.
    private var hasEnded = false

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
        if partCount > 0 || hasEnded { return }
        throw .transient(hasError ? .errorObject : .hollowAnswer)
    }

    /// - Returns: whether there is an error object.
    private mutating func read(_ body: Span<UInt8>, _ operation: Operation) throws(JSONFault) -> Bool {
        var reader = try JSONReader(answer: body)
        var hasError = false
        let wanted: JSONNames = operation == .chat ? "choices" | "usage" | "model" | "error" : .any
        while let member = try reader.nextMember(in: body, wanted: wanted) {
            switch member.kind {
            case .array where WholeAnswer.isParts(member, operation, body):
                try takeParts(&reader, body, operation)
            case .object where JSONScan.isName(of: member, "usage", in: body):
                var told = Usage()
                if try told.take(&reader, body, operation) { (usage, hasUsage) = (told, true) }
            case .string where JSONScan.isName(of: member, "model", in: body):
                model = try reader.inside(in: body)
            case .object where operation == .responses && JSONScan.isName(of: member, "incomplete_details", in: body):
                finish = try FinishReason(incomplete: &reader, body)
            case .object, .array, .string, .number, .bool:
                if JSONScan.isName(of: member, "error", in: body) { hasError = true }
                let value = try reader.skip(in: body)
                if operation != .chat { takeEnd(member, value, body, operation) }
            case .null:
                try reader.skip(in: body)
            }
        }
        try reader.finish(in: body)
        return hasError
    }

    /// Takes a member that says why an answer ended, or all that there is to say.
    private mutating func takeEnd(
        _ member: JSONMember, _ value: ByteRange, _ body: Span<UInt8>, _ operation: Operation
    ) {
        switch operation {
        case .messages where member.kind == .string && JSONScan.isName(of: member, "stop_reason", in: body):
            finish = FinishReason(stopReason: value, in: body)
            hasEnded = true
        case .responses where JSONScan.isName(of: member, "status", in: body):
            let isComplete = JSONScan.equals(body, value, "completed")
            if isComplete { finish = .stop }
            hasEnded = isComplete || JSONScan.equals(body, value, "incomplete")
        case .countTokens where member.kind == .number && JSONScan.isName(of: member, "input_tokens", in: body):
            hasEnded = true
        case .chat, .completions, .embeddings, .messages, .countTokens, .responses, .compact, .media:
            break
        }
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
            let wanted: JSONNames = "finish_reason" | "message" | "text" | "embedding" | "type"
            while let member = try reader.nextMember(in: body, wanted: wanted) {
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
        case .responses, .compact: JSONScan.isName(of: member, "output", in: body)
        case .countTokens, .media: false
        }
    }

    private static func isSubstance(_ member: JSONMember, _ operation: Operation, _ body: Span<UInt8>) -> Bool {
        switch operation {
        case .chat: JSONScan.isName(of: member, "message", in: body)
        case .completions: JSONScan.isName(of: member, "text", in: body)
        case .embeddings: JSONScan.isName(of: member, "embedding", in: body)
        case .messages, .responses, .compact: JSONScan.isName(of: member, "type", in: body)
        case .countTokens, .media: false
        }
    }
}
