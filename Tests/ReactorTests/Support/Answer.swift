// HTTP answers as a test's client sees them.

import Wire

struct Answer: Equatable {
    var status: Int
    var body: [UInt8] = []
    var isChunked = false
    var persists: Bool

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Takes answers out of bytes that come one after another, looking at each byte once.
struct AnswerReader {
    /// Whole answers, interim ones included.
    private(set) var answers: [Answer] = []
    private(set) var partial: Answer?
    /// Bytes that belong to no answer yet, a partial body not counted.
    private(set) var rest: [UInt8] = []
    private var bytesLeft = 0
    private var decoder = ChunkDecoder()

    mutating func take(_ bytes: [UInt8]) throws {
        rest += bytes
        while !rest.isEmpty, try step() {}
    }

    private mutating func step() throws -> Bool {
        guard var answer = partial else {
            var parser = ResponseParser()
            guard let head = try parser.parse(rest.span, scanned: 0, requestMethodIsHead: false) else { return false }
            rest.removeFirst(head)
            let answer = Answer(status: parser.status, isChunked: parser.framing == .chunked, persists: parser.persists)
            switch parser.framing {
            case .none, .length(0):
                answers.append(answer)
                return true
            case .length(let count): bytesLeft = count
            case .untilClose: bytesLeft = .max
            case .chunked: decoder = ChunkDecoder()
            }
            partial = answer
            return true
        }
        partial = nil
        if answer.isChunked {
            let bytes = rest
            var offset = 0
            while true {
                let piece = try decoder.next(in: bytes.span, from: offset)
                answer.body += rest[piece.payload.range]
                offset = piece.next
                switch piece.state {
                case .data: continue
                case .needsMore: partial = answer
                case .finished: answers.append(answer)
                }
                break
            }
            rest.removeFirst(offset)
        } else {
            let count = min(bytesLeft, rest.count)
            answer.body += rest[0..<count]
            rest.removeFirst(count)
            bytesLeft -= count
            if bytesLeft == 0 { answers.append(answer) } else { partial = answer }
        }
        return true
    }
}
