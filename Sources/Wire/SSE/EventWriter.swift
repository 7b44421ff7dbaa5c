// The event stream format, written.

public enum EventWriter {
    /// An event without a name.
    public static func event(data: Span<UInt8>, into out: inout ByteBuffer) {
        lines("data: ", data, into: &out)
        out.append(ASCII.lf)
    }

    /// An event with a name.
    /// - Parameter data: each of its lines becomes a `data` field.
    public static func event(_ name: StaticString, data: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("event: ")
        out.append(name)
        out.append(ASCII.lf)
        event(data: data, into: &out)
    }

    /// The same for a name that is not known when building.
    public static func event(_ name: Span<UInt8>, data: Span<UInt8>, into out: inout ByteBuffer) {
        if !name.isEmpty {
            let stop = ByteScan.lineStop(name, from: 0)
            out.append("event: ")
            out.append(name.extracting(0..<stop))
            out.append(ASCII.lf)
        }
        event(data: data, into: &out)
    }

    /// `data: [DONE]`, which ends the streams of the OpenAI dialect.
    public static func done(into out: inout ByteBuffer) { out.append("data: [DONE]\n\n") }

    /// A comment of one line, which clients skip and load balancers count as life.
    public static func comment(_ text: StaticString, into out: inout ByteBuffer) {
        out.append(": ")
        out.append(text)
        out.append("\n\n")
    }

    /// One field per line of `text`; LF, CR and CRLF all end a line.
    private static func lines(_ field: StaticString, _ text: Span<UInt8>, into out: inout ByteBuffer) {
        var start = 0
        while true {
            let stop = ByteScan.lineStop(text, from: start)
            out.append(field)
            out.append(text.extracting(start..<stop))
            out.append(ASCII.lf)
            if stop == text.count { return }
            let isPair = text[stop] == ASCII.cr && ByteScan.byte(text, stop &+ 1) == ASCII.lf
            start = stop &+ (isPair ? 2 : 1)
        }
    }
}
