import Testing
import Wire

@testable import Adapters

struct UnsignedTests {
    static let ours = #"{"type":"thinking","thinking":"a \"]\"","signature":"th1.none"}"#
    static let theirs = #"{ "signature" : "EqQB", "type":"thinking","thinking":"b" }"#
    static let words = #"{"type":"text","text":"th1. \"signature\":\"th1.\""}"#

    static func request(_ messages: String) -> String {
        #"{ "model":"m", "messages": [ "# + messages + #" ] , "x":[{"signature":"th1.none"}]}"#
    }

    static func turn(_ blocks: String) -> String { #"{"role":"assistant", "content": ["# + blocks + #"]}"# }

    @Test(arguments: [
        ("\(ours)", nil),
        ("\(ours) , \(words)", "\(words)"),
        ("\(words) , \(ours)", "\(words)"),
        (" \(theirs) ,\(ours) , \(words) ", " \(theirs) , \(words) "),
        (" \(ours),\(ours), \(words) , \(ours),\(ours),\(theirs)", " \(words),\(theirs)"),
        ("\(ours),\(ours) ", nil),
        ("\(theirs), \(words)", "\(theirs), \(words)"),
        ("", ""),
    ])
    func onlyBlocksOfOursGo(blocks: String, left: String?) throws {
        let user = #"{"role":"user","content":"hi"}"#
        let body = Self.request("\(user), \(Self.turn(blocks)), \(user)")
        let expected = Self.request(left.map { "\(user), \(Self.turn($0)), \(user)" } ?? "\(user), \(user)")
        #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == expected)
        let request = try ChatRequest(scanning: bytes(body).span, operation: .messages)
        #expect(request.hasUnsigned == (body != expected))
        let chat = try ChatRequest(scanning: bytes(body).span, operation: .chat)
        #expect(!chat.hasUnsigned)
    }

    @Test func turnsAtTheEdgesGo() {
        let lost = Self.turn(Self.ours)
        let kept = Self.turn(Self.words)
        for (messages, left) in [
            ("\(lost), \(kept)", kept), ("\(kept) ,\(lost)", kept), ("\(lost),\(lost) , \(kept), \(lost)", kept),
            (lost, ""),
        ] {
            let body = Self.request(messages)
            #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == Self.request(left))
        }
    }

    @Test(arguments: [
        "{}", #"{"messages":null}"#, #"{"messages":[]}"#, #"{"messages":[5,{"content":"th1."},{"content":[5]}]}"#,
        #"{"input":[{"content":[{"signature":"th1.none"}]}]}"#, #"{"messages":[{"content":[{"signature":"th1"}]}]}"#,
        #"{"messages":[{"content":[{"signature":["th1.none"]}]}]}"#,
    ])
    func othersAreCopied(body: String) {
        #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == body)
    }
}
