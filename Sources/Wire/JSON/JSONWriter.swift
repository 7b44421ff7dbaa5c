// JSON, written: commas and escapes are its business, the order of calls the caller's.

/// Builds one value. A call that cannot come here (a key in an array, a second top value) is a bug and traps.
public struct JSONWriter: ~Copyable {
    private var out: ByteBuffer
    private var open = JSONDepth()
    private var needsComma = false
    private var hasKey = false

    public init() { self.init(into: ByteBuffer()) }

    /// Writes behind what the buffer holds.
    public init(into buffer: consuming ByteBuffer) { out = buffer }

    /// Bytes written so far.
    public var count: Int { out.count }

    public mutating func beginObject() {
        beforeValue()
        out.append(ASCII.openBrace)
        begin(isObject: true)
    }

    public mutating func endObject() {
        precondition(open.count > 0 && open.isInObject && !hasKey, "no object to end")
        out.append(ASCII.closeBrace)
        end()
    }

    public mutating func beginArray() {
        beforeValue()
        out.append(ASCII.openBracket)
        begin(isObject: false)
    }

    public mutating func endArray() {
        precondition(open.count > 0 && !open.isInObject, "no array to end")
        out.append(ASCII.closeBracket)
        end()
    }

    public mutating func key(_ name: StaticString) {
        beforeKey()
        JSONWriter.quote(name, into: &out)
        out.append(ASCII.colon)
    }

    @_disfavoredOverload
    public mutating func key(_ name: String) {
        beforeKey()
        JSONWriter.quote(name, into: &out)
        out.append(ASCII.colon)
    }

    public mutating func key(_ name: Span<UInt8>) {
        beforeKey()
        JSONWriter.quote(name, into: &out)
        out.append(ASCII.colon)
    }

    public mutating func string(_ text: StaticString) {
        beforeValue()
        JSONWriter.quote(text, into: &out)
    }

    @_disfavoredOverload
    public mutating func string(_ text: String) {
        beforeValue()
        JSONWriter.quote(text, into: &out)
    }

    /// - Parameter text: UTF-8; what is not becomes U+FFFD.
    public mutating func string(_ text: Span<UInt8>) {
        beforeValue()
        JSONWriter.quote(text, into: &out)
    }

    public mutating func int(_ value: Int64) {
        beforeValue()
        out.append(decimal: Int(value))
    }

    public mutating func int(_ value: Int) {
        beforeValue()
        out.append(decimal: value)
    }

    /// The shortest text that reads back as the same double; `null` for one that is not finite.
    public mutating func double(_ value: Double) {
        beforeValue()
        if value.isFinite {
            out.append(value.description)
        } else {
            out.append("null")
        }
    }

    public mutating func bool(_ value: Bool) {
        beforeValue()
        out.append(value ? "true" : "false")
    }

    public mutating func null() {
        beforeValue()
        out.append("null")
    }

    /// A value that is JSON already, passed on as it stands.
    public mutating func raw(_ json: Span<UInt8>) {
        beforeValue()
        out.append(json)
    }

    /// The same for a literal.
    public mutating func raw(_ json: StaticString) {
        beforeValue()
        out.append(json)
    }

    // Members in one call, for their readers.

    @_disfavoredOverload
    public mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    public mutating func member(_ name: StaticString, _ text: StaticString) {
        key(name)
        string(text)
    }

    public mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        int(value)
    }

    public mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        int(value)
    }

    public mutating func member(_ name: StaticString, _ value: Double) {
        key(name)
        double(value)
    }

    public mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// The finished text.
    public consuming func take() -> ByteBuffer {
        precondition(open.count == 0, "\(open.count) containers are still open")
        return out
    }

    /// The finished text, copied.
    public consuming func takeBytes() -> [UInt8] {
        let buffer = take()
        let bytes = buffer.bytes
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for index in bytes.indices { result.append(bytes[index]) }
        return result
    }

    /// Writes a string with its quotes.
    /// - Parameter text: UTF-8; what is not becomes U+FFFD.
    public static func quote(_ text: Span<UInt8>, into out: inout ByteBuffer) {
        out.append(ASCII.quote)
        escape(text, into: &out)
        out.append(ASCII.quote)
    }

    @_disfavoredOverload
    public static func quote(_ text: String, into out: inout ByteBuffer) {
        var text = text
        text.makeContiguousUTF8()
        quote(text.utf8Span.span, into: &out)
    }

    public static func quote(_ text: StaticString, into out: inout ByteBuffer) {
        let start = out.count
        out.append(ASCII.quote)
        out.append(text)
        // What we write ourselves is plain, nearly always.
        if ByteScan.stringStop(out.bytes, from: start &+ 1) < out.count {
            out.truncate(to: start)
            return quote(text.description, into: &out)
        }
        out.append(ASCII.quote)
    }

    /// Writes the inside of a string, for those that put one together from pieces of whole characters.
    public static func escape(_ text: Span<UInt8>, into out: inout ByteBuffer) {
        var start = 0
        while start < text.count {
            let stop = ByteScan.stringStop(text, from: start)
            if stop > start { out.append(text.extracting(start..<stop)) }
            if stop == text.count { return }
            start = escapeOne(text, stop, into: &out)
        }
    }

    /// Writes what stands at `index` and is not plain; returns the offset behind it.
    private static func escapeOne(_ text: Span<UInt8>, _ index: Int, into out: inout ByteBuffer) -> Int {
        let byte = ByteScan.byte(text, index)
        if byte >= 0x80 {
            var end = JSONScan.sequencesEnd(text, index)
            if end == index { end &+= JSONScan.sequenceLength(text, index) }
            if end > index {
                out.append(text.extracting(index..<end))
                return end
            }
            out.append("\u{FFFD}")
            return index &+ 1
        }
        switch byte {
        case ASCII.quote: out.append("\\\"")
        case ASCII.backslash: out.append("\\\\")
        case ASCII.lf: out.append("\\n")
        case ASCII.cr: out.append("\\r")
        case ASCII.tab: out.append("\\t")
        default:
            out.append(byte < 0x10 ? "\\u000" : "\\u001")
            out.append(hex: UInt64(byte & 15))
        }
        return index &+ 1
    }

    private mutating func begin(isObject: Bool) {
        precondition(open.open(isObject: isObject, max: Limits.jsonDepthMax), "nested too deeply")
        needsComma = false
    }

    private mutating func end() {
        open.close()
        needsComma = true
    }

    private mutating func beforeKey() {
        precondition(open.count > 0 && open.isInObject && !hasKey, "no place for a key")
        if needsComma { out.append(ASCII.comma) }
        (needsComma, hasKey) = (false, true)
    }

    private mutating func beforeValue() {
        precondition(open.count == 0 ? !needsComma : hasKey == open.isInObject, "no place for a value")
        if needsComma { out.append(ASCII.comma) }
        (needsComma, hasKey) = (true, false)
    }
}
