import Wire

@testable import Adapters

/// One call of an `AnswerSink`, so that tests can write answers down.
enum AnswerCall: Sendable {
    case began(model: String)
    case text(String)
    case refusal(String)
    case reasoning(String)
    case signature(String)
    case redacted(String)
    case call(id: String, name: String)
    case arguments(String)
    case finished(FinishReason)
    case counted(Usage)
    case ended

    func tell<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        switch self {
        case .began(let model):
            sink.began(id: bytes("up-1").span, model: bytes(model).span, usage: Usage(), into: &out)
        case .text(let raw): sink.text(bytes(raw).span, into: &out)
        case .refusal(let raw): sink.refusal(bytes(raw).span, into: &out)
        case .reasoning(let raw): sink.reasoning(bytes(raw).span, into: &out)
        case .signature(let raw): sink.signature(bytes(raw).span, into: &out)
        case .redacted(let raw): sink.redactedReasoning(bytes(raw).span, into: &out)
        case .call(let id, let name): sink.callBegan(id: bytes(id).span, name: bytes(name).span, into: &out)
        case .arguments(let raw): sink.callArguments(bytes(raw).span, into: &out)
        case .finished(let reason): sink.finished(reason, stop: Span(), into: &out)
        case .counted(let usage): sink.counted(usage)
        case .ended: sink.ended(into: &out)
        }
    }
}
