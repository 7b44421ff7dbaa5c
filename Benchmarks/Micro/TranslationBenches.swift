import Adapters
import Wire

/// Streamed answers of one wire for clients of another, beside what handing them on as they are costs ("tap on 64 events").
enum TranslationBenches {
    static let all = [
        tap("messages tap on 64 events", .messages, messagesEvents),
        translation("64 events, chat to a messages client", .messagesToChat, Samples.events),
        translation("64 events, messages to a chat client", .chatToMessages, messagesEvents),
        translation("64 call pieces, chat to messages", .messagesToChat, chatCalls),
        translation("64 call pieces, messages to chat", .chatToMessages, messagesCalls),
        // The wire that tells everything twice holds the answer: its buffer doubles.
        translation("64 events, chat to a responses client", .responsesToChat, Samples.events, allocationsMax: 8),
        translation(
            "64 events, messages to a responses client", .responsesToMessages, messagesEvents, allocationsMax: 8),
        translation("64 text call pieces, chat to responses", .responsesToChat, chatCalls, allocationsMax: 8),
        // The same, ten times as long: what it allocates must not grow with it.
        translation("640 events, chat to a messages client", .messagesToChat, tenfold(Samples.events)),
        translation(
            "640 events, messages to a chat client", .chatToMessages, messagesOpening + tenfold(messagesDeltas)),
    ]

    private static let messagesOpening = Array(
        (#"""
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}


        """#).utf8)

    private static let messagesDeltas = repeated(
        #"""
        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" gateway"}}


        """#)

    private static let messagesEvents = messagesOpening + messagesDeltas

    private static let messagesCalls =
        Array(
            (#"""
            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}


            """#).utf8)
        + repeated(
            #"""
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\"Rome\","}}


            """#)

    private static let chatCalls = repeated(
        #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"f","arguments":"\"Rome\","}}]},"finish_reason":null}]}"#
            + "\n\n")

    private static func repeated(_ event: String) -> [UInt8] { (0..<Samples.eventCount).flatMap { _ in event.utf8 } }

    private static func tenfold(_ events: [UInt8]) -> [UInt8] { (0..<10).flatMap { _ in events } }

    private static func tap(_ name: String, _ operation: Operation, _ stream: [UInt8]) -> Bench {
        Bench(name, allocationsMax: 1) { times in
            var sum: UInt64 = 0
            for _ in 0..<times {
                var tap = UsageTap(operation, stripsUsage: true)
                sum &+= UInt64(tap.next(in: stream.span, from: 0).next &+ tap.contentEventCount)
            }
            return sum
        }
    }

    /// - Parameter allocationsMax: what each chunk repeats is put together once.
    private static func translation(
        _ name: String, _ translation: Translation, _ stream: [UInt8], allocationsMax: Double = 3
    ) -> Bench {
        Bench(name, allocationsMax: allocationsMax) { times in
            var frame = AnswerFrame(
                translation: translation, id: Array("req_0123456789abcdef".utf8), created: 1_700_000_000)
            frame.freeformTools = Array("f\n".utf8)
            var out = ByteBuffer(capacity: 512 * 1024)
            var sum: UInt64 = 0
            for _ in 0..<times {
                out.removeAll()
                var translator = StreamTranslator(frame)
                sum &+= UInt64(translator.next(in: stream.span, from: 0, into: &out).next &+ out.count)
            }
            return sum
        }
    }
}
