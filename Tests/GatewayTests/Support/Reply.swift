// HTTP answers as a client of the gateway sees them.

import Wire

struct Reply {
    struct Field {
        let name: String
        let value: String
    }

    let status: Int
    let fields: [Field]
    var body: [UInt8] = []
    let isChunked: Bool
    /// The connection may carry another request.
    let persists: Bool
    /// The framing came to its end.
    var isWhole = false

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field of that name, which is written in lower case.
    subscript(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }

    /// The data of each whole event; comments have none.
    var events: [String] { Reply.events(body).compactMap(\.data) }
    var comments: Int { Reply.events(body).filter { $0.data == nil }.count }

    /// `error.code`, `error.type` and so on of a body in the OpenAI shape.
    func error(_ member: StaticString) -> String? { Reply.error(member, in: text) }

    /// The same of an event's data.
    static func error(_ member: StaticString, in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let error = JSONScan.member(of: ByteRange(0, bytes.count), in: bytes.span, named: "error"),
            let found = JSONScan.member(of: error.value, in: bytes.span, named: member)
        else { return nil }
        return JSONScan.string(bytes.span, found.value) ?? String(decoding: bytes[found.value.range], as: UTF8.self)
    }

    /// A member of a JSON text by its path: a string's characters, or the text of another value.
    func value(_ path: StaticString) -> String? {
        let bytes = body
        guard let member = JSONScan.find(path, in: bytes.span, from: ByteRange(0, bytes.count)) else { return nil }
        return JSONScan.string(bytes.span, member.value) ?? String(decoding: bytes[member.value.range], as: UTF8.self)
    }

    static func events(_ body: [UInt8]) -> [(data: String?, whole: Range<Int>)] {
        var framer = EventFramer()
        var from = 0
        var found: [(String?, Range<Int>)] = []
        while let event = framer.next(in: body.span, from: from) {
            from = Int(event.whole.end)
            let data = event.dataLineCount == 0 ? nil : String(decoding: body[event.data.range], as: UTF8.self)
            found.append((data, event.whole.range))
        }
        return found
    }
}

/// Takes answers out of bytes that come one after another.
struct ReplyReader {
    /// Whole answers, interim ones included.
    private(set) var replies: [Reply] = []
    private(set) var partial: Reply?
    /// Bytes that belong to no answer yet.
    private(set) var rest: [UInt8] = []
    /// The next answer is to a HEAD request.
    var isHead = false
    private var bytesLeft = 0
    private var decoder = ChunkDecoder()

    mutating func take(_ bytes: [UInt8]) throws {
        rest += bytes
        while !rest.isEmpty, try step() {}
    }

    /// The connection has ended: what is framed by its end is whole now.
    mutating func end() {
        guard var reply = partial, bytesLeft == .max, !reply.isChunked else { return }
        reply.isWhole = true
        replies.append(reply)
        partial = nil
    }

    private mutating func step() throws -> Bool {
        guard var reply = partial else { return try head() }
        partial = nil
        if reply.isChunked {
            let bytes = rest
            var offset = 0
            reading: while true {
                let piece = try decoder.next(in: bytes.span, from: offset)
                reply.body += bytes[piece.payload.range]
                offset = piece.next
                switch piece.state {
                case .data: continue
                case .needsMore: break reading
                case .finished:
                    reply.isWhole = true
                    break reading
                }
            }
            rest.removeFirst(offset)
        } else {
            let count = min(bytesLeft, rest.count)
            reply.body += rest[0..<count]
            rest.removeFirst(count)
            if bytesLeft != .max { bytesLeft -= count }
            reply.isWhole = bytesLeft == 0
        }
        if reply.isWhole { replies.append(reply) } else { partial = reply }
        return reply.isWhole
    }

    private mutating func head() throws -> Bool {
        var parser = ResponseParser()
        guard let head = try parser.parse(rest.span, scanned: 0, requestMethodIsHead: isHead) else { return false }
        let bytes = rest
        let fields = (0..<parser.fields.count).map { index in
            let field = parser.fields[index]
            return Reply.Field(
                name: String(decoding: bytes[field.name.range], as: UTF8.self),
                value: String(decoding: bytes[field.value.range], as: UTF8.self))
        }
        rest.removeFirst(head)
        var reply = Reply(
            status: parser.status, fields: fields, isChunked: parser.framing == .chunked, persists: parser.persists)
        switch parser.framing {
        case .none, .length(0):
            reply.isWhole = true
            replies.append(reply)
            return true
        case .length(let count): bytesLeft = count
        case .untilClose: bytesLeft = .max
        case .chunked: decoder = ChunkDecoder()
        }
        partial = reply
        return true
    }
}
