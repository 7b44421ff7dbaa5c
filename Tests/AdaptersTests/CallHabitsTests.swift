// How providers of the chat wire number, name and cut their tool calls, and that each call stays one.

import Adapters
import Testing
import Wire

struct CallHabitsTests {
    struct Habit: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The content of `tool_calls`, event by event.
        let events: [String]
        /// Function and arguments of each call.
        let calls: [String]

        init(_ name: String, _ events: [String], _ calls: [String]) {
            (testDescription, self.events, self.calls) = (name, events, calls)
        }
    }

    /// One element of `tool_calls`; what is nil is left out.
    private static func call(
        _ index: Int?, id: String? = nil, _ name: String?, _ arguments: String? = nil
    ) -> String {
        var function: [String] = []
        if let name { function.append("\"name\":\"\(name)\"") }
        if let arguments { function.append("\"arguments\":\"\(arguments.replacing("\"", with: "\\\""))\"") }
        var members = ["\"function\":{\(function.joined(separator: ","))}"]
        if let index { members.append("\"index\":\(index)") }
        if let id { members.append("\"id\":\"\(id)\"") }
        return "{\(members.joined(separator: ","))}"
    }

    private static let two = [#"a {"x":1}"#, #"b {"y":2}"#]
    private static let twice = [#"a {"x":1}"#, #"a {"x":2}"#]

    static let habits = [
        Habit(
            "OpenAI: index and id, the rest by index",
            [
                call(0, id: "1", "a", ""), call(0, nil, #"{"x""#), call(0, nil, ":1}"), call(1, id: "2", "b", ""),
                call(1, nil, #"{"y":2}"#),
            ], two),
        Habit(
            "one event, no ids, no index", [call(nil, "a", #"{"x":1}"#) + "," + call(nil, "b", #"{"y":2}"#)], two),
        Habit("one event, no ids, all counted 0", [call(0, "a", #"{"x":1}"#) + "," + call(0, "b", #"{"y":2}"#)], two),
        Habit(
            "one event, the same function twice, all counted 0",
            [call(0, "a", #"{"x":1}"#) + "," + call(0, "a", #"{"x":2}"#)], twice),
        Habit(
            "one event, the same function twice without arguments", [call(0, "a") + "," + call(0, "a", "")],
            ["a {}", "a {}"]),
        Habit("event by event, no ids, no index", [call(nil, "a", #"{"x":1}"#), call(nil, "b", #"{"y":2}"#)], two),
        Habit("event by event, no ids, all counted 0", [call(0, "a", #"{"x":1}"#), call(0, "b", #"{"y":2}"#)], two),
        Habit(
            "event by event, the same function twice, all counted 0",
            [call(0, "a", #"{"x":1}"#), call(0, "a", #" {"x":2} "#)], [#"a {"x":1}"#, #"a  {"x":2} "#]),
        Habit(
            "Gemini: ids, all counted 0", [call(0, id: "1", "a", #"{"x":1}"#), call(0, id: "2", "b", #"{"y":2}"#)], two),
        Habit(
            "empty ids", [call(0, id: "", "a", #"{"x":1}"#), call(0, id: "", "b", #"{"y":2}"#)], two),
        Habit(
            "pieces without ids, all counted 0",
            [
                call(0, "a"), call(0, nil, #"{"x""#), call(0, nil, ":1}"), call(0, "b"), call(0, nil, #"{"y":"#),
                call(0, nil, "2}"),
            ], two),
        Habit(
            "pieces without index",
            [
                call(nil, id: "1", "a", ""), call(nil, nil, #"{"x":1"#), call(nil, nil, "}"),
                call(nil, id: "2", "b", ""), call(nil, nil, #"{"y":2}"#),
            ], two),
        Habit(
            "the id and the name with every piece",
            [call(0, id: "1", "a", #"{"x""#), call(0, id: "1", "a", ":1}"), call(1, id: "2", "b", #"{"y":2}"#)], two),
        Habit(
            "the name with every piece, no ids",
            [call(0, "a", #"{"x":"#), call(0, "a", #"{"z":1}"#), call(0, "a", "}")], [#"a {"x":{"z":1}}"#]),
        Habit(
            "vLLM: another id with every piece",
            [call(0, id: "1", "a", #"{"x""#), call(0, id: "2", nil, ":1}"), call(1, id: "3", "b", #"{"y":2}"#)], two),
        Habit(
            "the id behind the name",
            [call(0, "a", ""), call(0, id: "1", nil, #"{"x":1}"#), call(1, id: "2", "b", #"{"y":2}"#)], two),
        Habit("an empty name goes on", [call(0, id: "1", "a", #"{"x""#), call(0, id: "", "", ":1}")], [two[0]]),
        Habit("no arguments, all counted 0", [call(0, "a", ""), call(0, "b", "")], ["a {}", "b {}"]),
    ]

    private func stream(_ habit: Habit) -> [UInt8] {
        let head = #"data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"#
        var text = habit.events.map { "\(head)\"delta\":{\"tool_calls\":[\($0)]},\"finish_reason\":null}]}\n\n" }
            .joined()
        text += "\(head)\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
        return bytes(text)
    }

    @Test(arguments: habits)
    func eachCallIsOne(habit: Habit) throws {
        let result = TranslatedStream.run(stream(habit), TranslatedStream.frame(.messagesToChat))
        #expect(result.isWhole, "\(result)")
        let folded = try FoldedAnswer.of(stream: result.output, .messagesToChat)
        #expect(folded.finish == "tool_use")
        let words = folded.parts.map { $0.split(separator: " ", maxSplits: 3) }
        #expect(words.map { "\($0[2]) \($0[3])" } == habit.calls)
        // What tells a result which call it belongs to.
        #expect(Set(words.map { $0[1] }).count == habit.calls.count, "\(folded.parts)")
    }

    @Test(arguments: habits)
    func inTheResponsesWireToo(habit: Habit) {
        let result = TranslatedStream.run(stream(habit), TranslatedStream.frame(.responsesToChat))
        #expect(result.isWhole)
        let output = text(result.output.span)
        let done = output.split(separator: "event: response.function_call_arguments.done")
        #expect(done.count - 1 == habit.calls.count, "\(output)")
    }
}
