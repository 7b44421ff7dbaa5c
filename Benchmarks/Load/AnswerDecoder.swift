/// Decodes HTTP/1.1 answers as their bytes arrive and keeps none of them.
///
/// It is the generator's own, for two reasons: framing that gateway and generator both got wrong in the same way would go
/// unnoticed with shared code, and a generator on the same machine must cost less than what it measures.
struct AnswerDecoder {
    enum Fault: Error { case malformed }

    /// What `next` found: body bytes `start..<end`, where to go on, and whether the answer ended there.
    struct Step {
        var start: Int
        var end: Int
        var next: Int
        var isFinished: Bool
    }

    private enum State {
        case statusLine, headerLine, length, untilClose, chunkSize, chunkBytes, chunkEnd, trailer, finished
    }

    private var state = State.statusLine
    private var left = 0
    private var line = InlineArray<64, UInt8>(repeating: 0)
    private var lineCount = 0
    private var isChunked = false
    private var declaredLength = -1
    private var chunkDigits = 0
    private var inExtension = false

    private(set) var status = 0
    private(set) var closes = false
    private(set) var isEventStream = false

    /// Whether nothing of an answer has arrived yet.
    var isFresh: Bool { state == .statusLine && lineCount == 0 }
    var isFinished: Bool { state == .finished }
    /// Whether the end of the connection is the end of this answer.
    var endsWithConnection: Bool { state == .untilClose }

    mutating func reset() { self = AnswerDecoder() }

    /// Goes on at `from`; call again from `next` until that is `bytes.count` or the answer is finished.
    mutating func next(in bytes: Span<UInt8>, from: Int) throws(Fault) -> Step {
        var at = from
        let count = bytes.count
        while at < count {
            switch state {
            case .finished:
                throw .malformed
            case .length, .chunkBytes:
                let end = Swift.min(count, at &+ left)
                left &-= end &- at
                let wasChunk = state == .chunkBytes
                if left == 0 { state = wasChunk ? .chunkEnd : .finished }
                return Step(start: at, end: end, next: end, isFinished: state == .finished)
            case .untilClose:
                return Step(start: at, end: count, next: count, isFinished: false)
            case .statusLine, .headerLine, .trailer:
                let end = ByteSearch.lineFeed(in: bytes, from: at, to: count)
                keep(bytes, at, end)
                if end == count { return Step(start: count, end: count, next: count, isFinished: false) }
                at = end &+ 1
                try lineEnded()
                if state == .finished { return Step(start: at, end: at, next: at, isFinished: true) }
            case .chunkSize:
                try sizeByte(bytes[at])
                at &+= 1
            case .chunkEnd:
                let byte = bytes[at]
                at &+= 1
                if byte == 13 { continue }
                if byte != 10 { throw .malformed }
                (state, left, chunkDigits, inExtension) = (.chunkSize, 0, 0, false)
            }
        }
        return Step(start: count, end: count, next: count, isFinished: false)
    }

    private mutating func sizeByte(_ byte: UInt8) throws(Fault) {
        if byte == 10 {
            if chunkDigits == 0 { throw .malformed }
            state = left == 0 ? .trailer : .chunkBytes
            lineCount = 0
            return
        }
        if inExtension || byte == 13 || byte == 0x3B {
            inExtension = true
            return
        }
        guard let digit = AnswerDecoder.hexDigit(byte), chunkDigits < 8 else { throw .malformed }
        left = left << 4 | digit
        chunkDigits &+= 1
    }

    private mutating func keep(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) {
        var at = from
        while at < to && lineCount < Limits.headerLineBytes {
            let byte = bytes[at]
            line[lineCount] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            lineCount &+= 1
            at &+= 1
        }
    }

    private mutating func lineEnded() throws(Fault) {
        var length = lineCount
        lineCount = 0
        if length > 0 && line[length &- 1] == 13 { length &-= 1 }
        switch state {
        case .statusLine:
            guard length >= 12, begins("http/1.", within: length), line[8] == 32, let code = number(from: 9, to: 12),
                code >= 100
            else {
                throw .malformed
            }
            status = code
            closes = line[7] == 0x30
            state = .headerLine
        case .headerLine where length == 0:
            headEnded()
        case .headerLine:
            headerEnded(length)
        case .trailer:
            if length == 0 { state = .finished }
        case .length, .untilClose, .chunkSize, .chunkBytes, .chunkEnd, .finished:
            preconditionFailure("a line ended in the body")
        }
    }

    private mutating func headerEnded(_ length: Int) {
        if begins("content-length:", within: length) {
            declaredLength = number(from: afterSpaces(15), to: length) ?? -1
        } else if begins("transfer-encoding: chunked", within: length) {
            isChunked = true
        } else if begins("connection: close", within: length) {
            closes = true
        } else if begins("connection: keep-alive", within: length) {
            closes = false
        } else if begins("content-type: text/event-stream", within: length) {
            isEventStream = true
        }
    }

    private mutating func headEnded() {
        if status < 200 {
            reset()
        } else if status == 204 || status == 304 {
            state = .finished
        } else if isChunked {
            (state, left, chunkDigits, inExtension) = (.chunkSize, 0, 0, false)
        } else if declaredLength >= 0 {
            left = declaredLength
            state = left == 0 ? .finished : .length
        } else {
            closes = true
            state = .untilClose
        }
    }

    private func begins(_ text: StaticString, within length: Int) -> Bool {
        length >= text.utf8CodeUnitCount && ByteSearch.begins(line.span, with: text)
    }

    private func afterSpaces(_ from: Int) -> Int {
        var at = from
        while at < Limits.headerLineBytes && line[at] == 32 { at &+= 1 }
        return at
    }

    private func number(from: Int, to: Int) -> Int? {
        if from >= to || to &- from > 15 { return nil }
        var value = 0
        for at in from..<to {
            let digit = line[at] &- 0x30
            if digit > 9 { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte &- 0x30)
        case 0x61...0x66: Int(byte &- 0x57)
        case 0x41...0x46: Int(byte &- 0x37)
        default: nil
        }
    }
}
