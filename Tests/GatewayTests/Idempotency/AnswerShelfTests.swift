// What is kept of answers, for how long, and how much of it.

import Testing
import Wire

@testable import Gateway

@Suite struct AnswerShelfTests {
    private func name(_ number: Int) -> AnswerName { AnswerName(digest: [UInt8(number >> 8), UInt8(number & 255)]) }

    private func answer(bytes: Int = 10, status: Int = 200) -> StoredAnswer? {
        let head = Array("HTTP/1.1 \(status) X\r\nx-request-id: a\r\ncontent-type: t\r\ncontent-length: 1\r\n\r\n".utf8)
        let body = [UInt8](repeating: 1, count: bytes)
        return StoredAnswer(head: head.span, body: body.span, tail: "")
    }

    private func shelf(entries: Int = 100, bytes: Int = 1 << 20) -> AnswerShelf {
        AnswerShelf(entriesMax: entries, bytesMax: bytes, keptNS: 1000)
    }

    /// Claims and answers one after the other, a nanosecond apart.
    private func fill(_ shelf: inout AnswerShelf, _ names: Range<Int>, bytes: Int = 10) {
        for number in names {
            guard case .claimed = shelf.look(for: name(number), now: UInt64(number)) else {
                Issue.record("\(number) was there")
                continue
            }
            shelf.end(name(number), with: answer(bytes: bytes), now: UInt64(number))
        }
    }

    private func isAnswered(_ shelf: inout AnswerShelf, _ number: Int, now: UInt64) -> Bool {
        if case .answered = shelf.look(for: name(number), now: now) { true } else { false }
    }

    @Test func theFirstClaimsAndTheOthersWaitUntilItHasEnded() throws {
        var shelf = shelf()
        guard case .claimed = shelf.look(for: name(1), now: 0) else { throw Failure() }
        guard case .underWay = shelf.look(for: name(1), now: 1) else { throw Failure() }
        #expect(shelf.isUnderWay(name(1)) && !shelf.isUnderWay(name(2)))
        shelf.end(name(1), with: nil, now: 2)
        guard case .claimed = shelf.look(for: name(1), now: 3) else { throw Failure() }
        shelf.streams(name(1))
        guard case .streaming = shelf.look(for: name(1), now: 4) else { throw Failure() }
        shelf.end(name(1), with: nil, now: 5)
        guard case .claimed = shelf.look(for: name(1), now: 6) else { throw Failure() }
        shelf.end(name(1), with: answer(), now: 7)
        #expect(isAnswered(&shelf, 1, now: 8))
    }

    @Test func anAnswerIsKeptForItsTimeAndNoLonger() throws {
        var shelf = shelf()
        fill(&shelf, 0..<1)
        #expect(isAnswered(&shelf, 0, now: 999))
        guard case .claimed = shelf.look(for: name(0), now: 1000) else { throw Failure() }
        #expect(shelf.answerCount == 0 && shelf.byteCount == 0)
    }

    @Test func theOldestGoWhenThereAreTooMany() {
        var shelf = shelf(entries: 10)
        fill(&shelf, 0..<500)
        #expect(shelf.answerCount == 10)
        #expect(shelf.byteCount == 10 * (answer()?.byteCount ?? 0))
        for number in 490..<500 { #expect(isAnswered(&shelf, number, now: 500)) }
        #expect(!isAnswered(&shelf, 489, now: 500))
    }

    @Test func theOldestGoWhenTheyTakeTooMuch() {
        var shelf = shelf(bytes: 10_000)
        fill(&shelf, 0..<20, bytes: 2_000)
        #expect(shelf.byteCount <= 10_000)
        #expect(shelf.answerCount == 4)
        #expect(isAnswered(&shelf, 19, now: 20))
        #expect(!isAnswered(&shelf, 15, now: 20))
    }

    @Test func whatAnotherTryMayBetterIsNotKept() {
        for status in [500, 502, 503, 504, 408, 409, 429] { #expect(answer(status: status) == nil) }
        for status in [200, 400, 404, 413, 422] { #expect(answer(status: status)?.status == status) }
    }

    @Test func anAnswerAboveTheBoundIsNotKept() {
        #expect(answer(bytes: Limits.storedAnswerBytesMax) == nil)
        #expect(answer(bytes: Limits.storedAnswerBytesMax - 1000) != nil)
    }

    @Test func linesOfTheRequestAndItsConnectionAreNotTheAnswers() {
        let head = """
            HTTP/1.1 200 OK\r\nX-Request-Id: a\r\nrequest-id: a\r\nconnection: close\r\ncontent-type: text/x\r\n\
            access-control-allow-origin: b\r\nx-tokenhub-cost-usd: 1\r\nx-tokenhub-overhead-us: 2\r\n\
            x-tokenhub-model: m\r\ncontent-length: 9\r\n\r\n{"front":
            """
        let bytes = Array(head.utf8)
        let body = Array("1".utf8)
        let answer = StoredAnswer(head: bytes.span, body: body.span, tail: "}")
        #expect(
            answer.map { String(decoding: $0.lines, as: UTF8.self) }
                == "content-type: text/x\r\nx-tokenhub-model: m\r\n")
        #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == #"{"front":1}"#)
    }

    @Test func everyPartOfTheNameCounts() {
        func name(_ parts: [String]) -> AnswerName {
            let path = Array(parts[1].utf8)
            let (query, coding) = (Array(parts[2].utf8), Array(parts[3].utf8))
            let (key, body) = (Array(parts[4].utf8), Array(parts[5].utf8))
            return AnswerName(
                principal: parts[0], path: path.span, query: query.span, coding: coding.span, key: key.span,
                body: body.span)
        }
        let parts = ["k1", "/v1/chat", "", "gzip", "abc", "{}"]
        var names: Set<AnswerName> = [name(parts)]
        for index in parts.indices {
            var other = parts
            other[index] += "x"
            names.insert(name(other))
        }
        // The same bytes, cut elsewhere.
        names.insert(name(["k1/", "v1/chat", "", "gzip", "abc", "{}"]))
        names.insert(name(["k1", "/v1/chat", "", "gzip", "ab", "c{}"]))
        #expect(names.count == 9)
        #expect(name(parts) == name(parts))
    }

    private struct Failure: Error {}
}
