// The model's name in the front of a body that passes through.

import Testing
import Wire

@testable import Adapters

@Suite struct NamedModelTests {
    private func find(_ front: String, _ type: String = "application/json") -> String? {
        let (front, type) = (Array(front.utf8), Array(type.utf8))
        return NamedModel.find(in: front.span, contentType: type.span).map {
            String(decoding: front[$0.range], as: UTF8.self)
        }
    }

    @Test func anObjectNamesItsModelThoughItsEndIsMissing() {
        #expect(find(#"{"input":"x","model":"omni"}"#) == "omni")
        #expect(find(#"{"prompt":"a cat","model":"dall-e","image":"AAAA"#) == "dall-e")
        #expect(find(#"{"prompt":"a cat","image":"AAAA"#) == nil)
        #expect(find(#"{"nested":{"model":"no"},"n":1}"#) == nil)
        #expect(find(#"{"model":"m\u0061"}"#) == nil)
        #expect(find(#"{"model":7}"#) == nil)
        #expect(find("[]") == nil && find("") == nil && find("{") == nil)
    }

    private static let type = "multipart/form-data; boundary=\"x--y\""
    private static let form =
        "--x--y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nname=\"model\"\r\n\r\n--x\r\n"
        + "--x--y\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--x--y--\r\n"

    @Test func aFormNamesItsModelInAPartOfItsOwn() {
        #expect(find(NamedModelTests.form, NamedModelTests.type) == "whisper-1")
        #expect(find(NamedModelTests.form, "Multipart/Form-Data;boundary=x--y; charset=utf-8") == "whisper-1")
        #expect(find(NamedModelTests.form, "multipart/form-data; boundary=other") == nil)
        #expect(find(NamedModelTests.form, "multipart/form-data; boundary=") == nil)
    }

    /// A name that may go on behind the cut is none yet.
    @Test func noCutGivesAnotherName() {
        let whole = NamedModelTests.form
        let end = whole.utf8.count - "--\r\n".utf8.count
        for count in 0..<whole.utf8.count {
            let cut = String(decoding: Array(whole.utf8).prefix(count), as: UTF8.self)
            #expect(find(cut, NamedModelTests.type) == (count >= end ? "whisper-1" : nil), "cut at \(count)")
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
                if let found = NamedModel.find(in: front.span, contentType: type.span) {
                    #expect(0 <= found.start && found.start <= found.end, "seed \(seed)")
                    #expect(Int(found.end) <= front.count, "seed \(seed)")
                }
            }
        }
    }
}
