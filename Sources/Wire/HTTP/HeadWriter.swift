// Heads, written. What is written here our own parsers accept; no value can end its line.

public enum HeadWriter {
    /// `HTTP/1.1 200 OK` and its CRLF.
    public static func statusLine(_ status: Int, into out: inout ByteBuffer) {
        precondition(status >= 100 && status <= 599)
        if status == 200 {
            out.append("HTTP/1.1 200 OK\r\n")
            return
        }
        out.append("HTTP/1.1 ")
        out.append(decimal: status)
        out.append(ASCII.space)
        out.append(StatusText.of(status))
        end(into: &out)
    }

    /// `POST /v1/chat/completions HTTP/1.1` and its CRLF.
    /// - Parameter target: in the form the peer expects, without blanks and control bytes.
    public static func requestLine(_ method: Method, _ target: Span<UInt8>, into out: inout ByteBuffer) {
        precondition(method != .other)
        out.append(method.text)
        out.append(ASCII.space)
        append(target, blank: ASCII.percent, isBlankAllowed: false, into: &out)
        out.append(" HTTP/1.1\r\n")
    }

    /// `name: value` and its CRLF.
    public static func field(_ name: StaticString, _ value: StaticString, into out: inout ByteBuffer) {
        out.append(name)
        out.append(": ")
        out.append(value)
        end(into: &out)
    }

    /// `name: value` and its CRLF. Control bytes in the value become spaces.
    public static func field(_ name: StaticString, _ value: Span<UInt8>, into out: inout ByteBuffer) {
        out.append(name)
        out.append(": ")
        append(value, blank: ASCII.space, isBlankAllowed: true, into: &out)
        end(into: &out)
    }

    public static func field(_ name: StaticString, _ value: Int, into out: inout ByteBuffer) {
        out.append(name)
        out.append(": ")
        out.append(decimal: value)
        end(into: &out)
    }

    /// Passes on a field as it came.
    /// - Parameter field: of a head parsed from `bytes`.
    public static func field(_ field: HeaderField, of bytes: Span<UInt8>, into out: inout ByteBuffer) {
        // Nearly all stand as they are written here.
        let (nameEnd, valueEnd) = (Int(field.name.end), Int(field.value.end))
        if Int(field.value.start) == nameEnd &+ 2, ByteScan.pair(bytes, nameEnd) == ASCII.colonSpace,
            ByteScan.pair(bytes, valueEnd) == ASCII.crlf
        {
            out.append(bytes.extracting(Int(field.name.start)..<valueEnd &+ 2))
            return
        }
        out.append(bytes.extracting(field.name))
        out.append(": ")
        out.append(bytes.extracting(field.value))
        end(into: &out)
    }

    /// CRLF: closes a line, and as an empty line the head.
    public static func end(into out: inout ByteBuffer) { out.append("\r\n") }

    private static func append(
        _ value: Span<UInt8>, blank: UInt8, isBlankAllowed: Bool, into out: inout ByteBuffer
    ) {
        if isBlankAllowed, ByteScan.controlStop(value, from: 0) == value.count {
            out.append(value)
            return
        }
        out.reserve(value.count)
        for index in value.indices {
            let byte = value[index]
            let isPlain = byte > 0x20 && byte != 0x7F || isBlankAllowed && ASCII.isBlank(byte)
            out.append(isPlain ? byte : blank)
        }
    }
}
