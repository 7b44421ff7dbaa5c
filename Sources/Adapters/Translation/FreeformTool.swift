// Tools that take text, on wires whose tools take JSON.

import Wire

/// A tool that takes text becomes one with a single string argument, `input`.
enum FreeformTool {
    static let schema: StaticString =
        "{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\"}},\"required\":[\"input\"]}"

    /// Adds a name to those that the answer's translation must know. See `AnswerFrame.freeformTools`.
    static func note(_ name: Span<UInt8>, in names: inout [UInt8]) {
        for index in name.indices { names.append(name[index]) }
        names.append(ASCII.lf)
    }

    /// Appends the arguments of a call, as the inside of a string.
    /// - Parameter text: what the tool is called with, the inside of a string.
    static func writeArguments(_ text: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("{\\\"input\\\":\\\"")
        JSONWriter.escape(text, into: &out)
        out.append("\\\"}")
    }
}
