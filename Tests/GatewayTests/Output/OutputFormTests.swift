// What becomes of an answer's text in each form.

import Testing
import Wire

@testable import Gateway

@Suite struct OutputFormTests {
    private func shaped(_ text: String, _ change: (inout OutputForm) -> Void) -> String {
        var form = OutputForm()
        change(&form)
        return String(decoding: form.shaped(Array(text.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        ("a <think>b</think> \n\t c", "a c"), ("<think></think>", ""), ("<think>a", "<think>a"),
        ("</think><think>a</think>b<think>c</think>d<think>", "</think>bd<think>"),
        ("<think>a<think>b</think>c</think>", "c</think>"), ("<thin<think>x</think>k>", "<think>"), ("", ""),
    ])
    func thoughtsAreTakenOut(text: String, left: String) {
        #expect(shaped(text) { $0.stripsThinking = true } == left)
        #expect(shaped(text) { _ in } == text)
    }

    @Test(arguments: [
        ("abcdefgh", 2, "abcdefgh"), ("abcdefghi", 2, "abcdefgh..."), ("abcé", 1, "abc..."), ("ab€", 1, "ab..."),
        ("😀😀", 1, "😀..."), ("a😀", 1, "a..."), ("abcd", 0, "abcd"), ("abcd", -1, "abcd"), ("abcd", Int64.max, "abcd"),
    ])
    func whatIsTooLongIsCutBetweenCharacters(text: String, tokens: Int64, left: String) {
        #expect(shaped(text) { $0.limit(toTokens: tokens) } == left)
    }

    @Test(arguments: [
        ("Here:\n```json\n{\"a\": 1}\n```\nand\n```json\n2\n```", "{\"a\": 1}"), ("  {} \n", "{}"),
        ("```json[1]```", "[1]"), ("```json\n{\"code\":\"```x```\"}\n``` end", "{\"code\":\"```x```\"}"),
        ("```json\nnot quite``` end", "not quite"), ("```json\n{\"a\":", "```json\n{\"a\":"),
        ("```\n1\n```", "```\n1\n```"),
        ("```json\n```", ""), ("``````json", "``````json"), (" \n", ""),
    ])
    func jsonIsTheInsideOfTheFirstFence(text: String, left: String) {
        #expect(shaped(text) { $0.kind = .json } == left)
    }

    @Test func theOtherForms() {
        let text = " ## A *b* **c**\n#`d`\n\n#\n ``` \n"
        #expect(shaped(text) { $0.kind = .markdown } == "## A *b* **c**\n#`d`\n\n#\n ```")
        #expect(shaped(text) { $0.kind = .text } == " ## A b c\nd\n\n\n  \n")
        #expect(shaped("### Title #1\nend") { $0.kind = .text } == "Title #1\nend")
        #expect(shaped(text) { $0.kind = .xml } == text)
    }

    @Test func thoughtsGoBeforeTheCutAndTheCutBeforeTheForm() {
        let whole = shaped("<think>long</think> ```json\n1234567890\n```") {
            $0 = OutputForm(kind: .json, bytesMax: 40, stripsThinking: true)
        }
        #expect(whole == "1234567890")
        let cut = shaped("  1234567890") { $0 = OutputForm(kind: .json, bytesMax: 4, stripsThinking: true) }
        #expect(cut == "12...")
    }

    /// No bytes trap, and what was valid UTF-8 stays it.
    @Test func anyBytesAreShaped() {
        let words = [
            "<think>", "</think>", "```json", "```", "{\"a\":\"", "\"}", "#", "**", "\n", " ", "é", "😀", "<", "`", "x",
        ].map { Array($0.utf8) }
        var random = SplitMix(seed: 3)
        for round in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<12, using: &random) { text += words.randomElement(using: &random)! }
            let isValid = round % 2 == 0
            if !isValid, !text.isEmpty {
                text[Int.random(in: text.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let kind = [OutputForm.Kind.json, .markdown, .text, .xml].randomElement(using: &random)!
            let bytesMax = Int.random(in: 0..<40, using: &random)
            let shaped = OutputForm(kind: kind, bytesMax: bytesMax, stripsThinking: round % 3 == 0).shaped(text)
            #expect(shaped.count <= bytesMax + 3, "seed 3, round \(round)")
            if isValid { #expect(String(validating: shaped, as: UTF8.self) != nil, "seed 3, round \(round)") }
        }
    }
}
