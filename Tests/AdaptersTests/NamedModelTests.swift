// The model's name in the front of a body that passes through.

import Testing
import Wire

@testable import Adapters

@Suite struct NamedModelTests {
    /// The name, `-` for none, `?` where it is unclear, `>` where it may come.
    private func find(_ front: String, _ type: String = "application/json", isWhole: Bool = true) -> String {
        let (front, type) = (Array(front.utf8), Array(type.utf8))
        return switch NamedModel.find(in: front.span, isWhole: isWhole, contentType: type.span) {
        case .named(let place): String(decoding: front[place.range], as: UTF8.self)
        case .absent: "-"
        case .beyond: ">"
        case .unclear: "?"
        }
    }

    @Test func anObjectNamesItsModelThoughItsEndIsMissing() {
        #expect(find(#"{"input":"x","model":"omni"}"#) == "omni")
        #expect(find(#"{"prompt":"a cat","model":"dall-e","image":"AAAA"#, isWhole: false) == "dall-e")
        #expect(find(#"{"prompt":"a cat","image":"AAAA"#, isWhole: false) == ">")
        #expect(find(#"{"nested":{"model":"no"},"n":1}"#) == "-")
        #expect(find(#"{"model":"m\u0061"}"#) == "?" && find(#"{"model":7}"#) == "?")
        #expect(find(#"{"model":"cheap","model":"dear"}"#) == "?")
        #expect(find("[]") == "-" && find("") == "-" && find("{") == "?")
    }

    private static let type = "multipart/form-data; boundary=\"x--y\""
    private static let form =
        "--x--y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nname=\"model\"\r\n\r\n--x\r\n"
        + "--x--y\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--x--y--\r\n"

    @Test func aFormNamesItsModelInAPartOfItsOwn() {
        #expect(find(NamedModelTests.form, NamedModelTests.type) == "whisper-1")
        #expect(find(NamedModelTests.form, "Multipart/Form-Data;boundary=x--y; charset=utf-8") == "whisper-1")
        #expect(find(NamedModelTests.form, "multipart/form-data ; boundary=x--y") == "whisper-1")
        #expect(find(NamedModelTests.form, "multipart/form-data; boundary=other") == "-")
        #expect(find(NamedModelTests.form, "multipart/form-data; boundary=") == "?")
        let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"model\"\r\n\r\nx\r\n--b--\r\n"
        #expect(find(file, "multipart/form-data; boundary=b") == "-")
    }

    /// A name that may go on behind the cut is none yet.
    @Test func noCutGivesAnotherName() {
        let whole = NamedModelTests.form
        let end = whole.utf8.count - "--\r\n".utf8.count
        for count in 0..<whole.utf8.count {
            let cut = String(decoding: Array(whole.utf8).prefix(count), as: UTF8.self)
            let found = find(cut, NamedModelTests.type, isWhole: false)
            #expect(found == (count >= end ? "whisper-1" : ">"), "cut at \(count)")
        }
    }

    @Test func anyBytesAreReadToTheirEnd() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = Array("-x\r\n\":;= model{}[],\\nam".utf8)
        for _ in 0..<5_000 {
            let front = (0..<random.below(80)).map { _ in alphabet[random.below(alphabet.count)] }
            let type = Array(NamedModelTests.type.utf8)
            for type in [type, Array("application/json".utf8)] {
                if case .named(let found) = NamedModel.find(in: front.span, isWhole: false, contentType: type.span) {
                    #expect(0 <= found.start && found.start <= found.end, "seed \(seed)")
                    #expect(Int(found.end) <= front.count, "seed \(seed)")
                }
            }
        }
    }
}
