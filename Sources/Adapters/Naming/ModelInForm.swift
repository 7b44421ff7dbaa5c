// The model that a form in parts names.

internal import Wire

/// Looks for `--boundary` wherever it stands: readers differ in what must stand around it, so it stands between parts or the form
/// is unclear. Its content never has one, for that is what a boundary is chosen by.
/// - Source: RFC 2046 section 5.1, RFC 7578 section 4.
struct ModelInForm: Sendable {
    private enum Place { case start, delimiter, head, content, closed, epilogue }

    private(set) var model = NamedModel.beyond
    /// `--boundary`, and for each count of its bytes how many of them it begins with again (Knuth, Morris, Pratt).
    private let mark: [UInt8]
    private let borders: [Int]
    /// Bytes of the mark that have come.
    private var matched = 0
    private var beginsLine = false
    private var place = Place.start
    /// Of the body, before the bytes at hand.
    private var bytesBefore = 0
    /// The two bytes before those at hand.
    private var last = (UInt8(0), UInt8(0))
    private var head: [UInt8] = []
    private var isModel = false
    private var contentStart = 0
    /// The model's name, until its delimiter is known to be one.
    private var name: ByteRange?

    init(boundary: Span<UInt8>) {
        mark = [ASCII.hyphen, ASCII.hyphen] + Array(copying: boundary)
        var borders = [0]
        for index in 1..<mark.count {
            var border = borders[index - 1]
            while border > 0, mark[border] != mark[index] { border = borders[border - 1] }
            borders.append(mark[border] == mark[index] ? border + 1 : 0)
        }
        self.borders = borders
    }

    mutating func feed(_ bytes: Span<UInt8>, isLast: Bool) {
        var index = 0
        while index < bytes.count, model != .unclear {
            switch place {
            case .start, .content, .epilogue: index = search(bytes, from: index)
            case .delimiter, .head, .closed:
                take(bytes[index], next: bytesBefore + index + 1)
                index += 1
            }
        }
        last = (byte(bytes.count - 2, bytes), byte(bytes.count - 1, bytes))
        bytesBefore += bytes.count
        // A mark that has not come by now stands behind something else.
        if place == .start, bytesBefore > mark.count + 2 { model = .unclear }
        guard isLast, model != .unclear else { return }
        if bytesBefore > 0, place != .epilogue, place != .closed || !head.isEmpty { return model = .unclear }
        if model == .beyond { model = .absent }
    }

    /// One of the bytes at hand or of the two before.
    private func byte(_ index: Int, _ bytes: Span<UInt8>) -> UInt8 {
        index >= 0 ? bytes[index] : index == -1 ? last.1 : last.0
    }

    // MARK: Delimiters

    /// - Returns: where to go on.
    private mutating func search(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if matched == 0 {
                index = ByteScan.first(ASCII.hyphen, in: bytes, from: index)
                if index == bytes.count { return index }
                let isFirst = bytesBefore + index == 0
                beginsLine = isFirst || byte(index - 2, bytes) == ASCII.cr && byte(index - 1, bytes) == ASCII.lf
            }
            while matched > 0, mark[matched] != bytes[index] {
                // A mark that begins inside of another's front begins no line.
                (matched, beginsLine) = (borders[matched - 1], false)
            }
            if mark[matched] == bytes[index] { matched += 1 }
            index += 1
            if matched == mark.count {
                found(at: bytesBefore + index - mark.count)
                return index
            }
        }
        return index
    }

    private mutating func found(at start: Int) {
        matched = 0
        let isExpected =
            switch place {
            case .start: start == 0 || start == 2
            case .content: start - 2 >= contentStart
            case .delimiter, .head, .closed, .epilogue: false
            }
        guard beginsLine, isExpected else { return model = .unclear }
        if place == .content, isModel { name = ByteRange(contentStart, start - 2) }
        (place, isModel) = (.delimiter, false)
        head.removeAll(keepingCapacity: true)
    }

    // MARK: What stands behind them

    /// - Parameter next: the place behind the byte.
    private mutating func take(_ byte: UInt8, next: Int) {
        head.append(byte)
        let count = head.count
        switch place {
        case .delimiter:
            if count < 2 { return }
            switch (head[0], head[1]) {
            case (ASCII.cr, ASCII.lf): place = .head
            case (ASCII.hyphen, ASCII.hyphen): place = .closed
            default: return model = .unclear
            }
            head.removeAll(keepingCapacity: true)
            guard let name = name.take() else { return }
            model = model == .beyond ? .named(name) : .unclear
        case .closed:
            if byte != (count == 1 ? ASCII.cr : ASCII.lf) { return model = .unclear }
            if count == 2 { place = .epilogue }
        case .head:
            if count > Limits.partHeadBytesMax || count == 2 && head[0] == ASCII.cr { return model = .unclear }
            guard byte == ASCII.lf, count >= 4, head[count - 2] == ASCII.cr, head[count - 3] == ASCII.lf,
                head[count - 4] == ASCII.cr
            else { return }
            headEnded(next)
        case .start, .content, .epilogue: preconditionFailure("bytes that are searched are not gathered")
        }
    }

    private mutating func headEnded(_ next: Int) {
        switch partHead() {
        case .odd: model = .unclear
        case .other: (place, contentStart) = (.content, next)
        case .model: (place, contentStart, isModel) = (.content, next, true)
        }
    }

    private func partHead() -> PartHead {
        let lines = head.span.extracting(0..<head.count - 4)
        var index = ByteScan.first(ASCII.hyphen, in: lines, from: 0)
        while index < lines.count {
            if ByteScan.equals(lines, from: index, mark.span, from: 0, count: mark.count) { return .odd }
            index = ByteScan.first(ASCII.hyphen, in: lines, from: index + 1)
        }
        return PartHead(lines)
    }
}
