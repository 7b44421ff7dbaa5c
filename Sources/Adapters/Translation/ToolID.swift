// Ids of tool calls on wires that disagree about what an id may be.

import Wire

/// An id goes over as it is wherever the other wire takes it. Where it does not, it is changed in a way that gives call
/// and result of one conversation the same id again, and that can be undone unless the id is too long.
enum ToolID {
    enum Form {
        /// Letters, digits, `_` and `-`.
        case messages
        case chat(Quirks.IDs)
    }

    /// Characters of an id that OpenAI takes.
    private static let fortyMax = 40
    private static let mark: StaticString = "th_"

    /// Appends the inside of a JSON string.
    /// - Parameter id: the id itself, escapes resolved; not empty.
    static func write(_ id: borrowing ByteBuffer, as form: Form, into out: inout ByteBuffer) {
        let id = id.bytes
        switch form {
        case .messages:
            if id.count > Limits.toolIDBytesMax {
                out.append("call_")
                writeHash(of: id, into: &out)
            } else if isToken(id), !isEncoded(id) {
                out.append(id)
            } else {
                encode(id, into: &out)
            }
        case .chat(let ids):
            var plain = ByteBuffer()
            if !isEncoded(id) || !decode(id, into: &plain) {
                plain.removeAll()
                plain.append(id)
            }
            writeChat(plain.bytes, ids, into: &out)
        }
    }

    /// The same for an id as it is written, the inside of a JSON string.
    static func write(raw: Span<UInt8>, as form: Form, into out: inout ByteBuffer) {
        var plain = ByteBuffer()
        read(raw, into: &plain)
        write(plain, as: form, into: &out)
    }

    /// Appends an id without its escapes.
    static func read(_ raw: Span<UInt8>, into plain: inout ByteBuffer) {
        if ByteScan.first(ASCII.backslash, in: raw, from: 0) == raw.count { return plain.append(raw) }
        var quoted = ByteBuffer()
        quoted.append(quoting: raw)
        _ = JSONScan.unescape(quoted.bytes, ByteRange(0, quoted.count), into: &plain)
    }

    /// A number that is the same for the same id.
    static func hash(_ id: Span<UInt8>) -> UInt64 { mix(id, seed: 0x9E37_79B9_7F4A_7C15) }

    private static func writeChat(_ id: Span<UInt8>, _ ids: Quirks.IDs, into out: inout ByteBuffer) {
        switch ids {
        case .any:
            JSONWriter.escape(id, into: &out)
        case .forty where id.count <= fortyMax:
            JSONWriter.escape(id, into: &out)
        case .forty:
            out.append("call_")
            writeHash(of: id, into: &out)
        case .nine:
            var isFit = id.count == 9
            for index in id.indices where !ASCII.isAlphanumeric(id[index]) { isFit = false }
            if isFit { return out.append(id) }
            var rest = hash(id)
            for _ in 0..<9 {
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                out.append(digit < 10 ? ASCII.zero &+ digit : UInt8(ascii: "a") &+ digit &- 10)
                rest /= 36
            }
        }
    }

    private static func isToken(_ id: Span<UInt8>) -> Bool {
        for index in id.indices {
            let byte = id[index]
            if !ASCII.isAlphanumeric(byte), byte != UInt8(ascii: "_"), byte != ASCII.hyphen { return false }
        }
        return true
    }

    private static func isEncoded(_ id: Span<UInt8>) -> Bool { id.count > 3 && ByteScan.equals(id, 0..<3, mark) }

    /// `th_` and the id, each byte that is no letter, digit or `-` as `_` with two hexadecimal digits.
    private static func encode(_ id: Span<UInt8>, into out: inout ByteBuffer) {
        out.append(mark)
        for index in id.indices {
            let byte = id[index]
            if ASCII.isAlphanumeric(byte) || byte == ASCII.hyphen {
                out.append(byte)
            } else {
                out.append(byte < 0x10 ? "_0" : "_")
                out.append(hex: UInt64(byte))
            }
        }
    }

    /// - Returns: `false` for an id that only looks like an encoded one.
    private static func decode(_ id: Span<UInt8>, into out: inout ByteBuffer) -> Bool {
        var index = 3
        while index < id.count {
            let byte = id[index]
            index += 1
            if byte != UInt8(ascii: "_") {
                out.append(byte)
                continue
            }
            guard index + 2 <= id.count else { return false }
            let (high, low) = (ASCII.hexValue(id[index]), ASCII.hexValue(id[index + 1]))
            guard high < 16, low < 16 else { return false }
            out.append(high &<< 4 | low)
            index += 2
        }
        return true
    }

    private static func writeHash(of id: Span<UInt8>, into out: inout ByteBuffer) {
        out.append(hex: hash(id))
        out.append(hex: mix(id, seed: 0xD1B5_4A32_D192_ED03))
    }

    /// FNV-1a with a finish that lets every bit bear upon every other.
    private static func mix(_ id: Span<UInt8>, seed: UInt64) -> UInt64 {
        var state = 0xCBF2_9CE4_8422_2325 ^ seed
        for index in id.indices { state = (state ^ UInt64(id[index])) &* 0x0000_0100_0000_01B3 }
        state = (state ^ state &>> 30) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ state &>> 27) &* 0x94D0_49BB_1331_11EB
        return state ^ state &>> 31
    }
}
