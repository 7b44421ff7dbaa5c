import Testing
import Wire

struct JSONWriterTests {
    @Test func aDocumentIsWrittenWithItsCommas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("s", "a\"b")
        writer.member("lit", "x" as StaticString)
        writer.member("i", Int64.min)
        writer.member("j", 7)
        writer.member("d", 0.1)
        writer.member("t", true)
        writer.key("list")
        writer.beginArray()
        writer.null()
        writer.raw("[1,2]")
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.key("k\n" as String)
        writer.raw(latin1("{\"r\":1}").span)
        writer.key(latin1("bytes").span)
        writer.string(latin1("v").span)
        writer.endObject()
        let json = writer.takeBytes()
        #expect(
            text(json)
                == #"{"s":"a\"b","lit":"x","i":-9223372036854775808,"j":7,"d":0.1,"t":true,"list":[null,[1,2],{},[]],"#
                + #""k\n":{"r":1},"bytes":"v"}"#)
        #expect(verdict(json) == nil)
    }

    @Test func theWriterGoesOnBehindWhatABufferHolds() {
        var out = ByteBuffer()
        out.append("data: ")
        var writer = JSONWriter(into: out)
        writer.beginArray()
        writer.endArray()
        #expect(writer.count == 8)
        let all = writer.take()
        #expect(text(array(all)) == "data: []")
    }

    @Test func whatMustBeEscapedIsAndTheRestIsNot() {
        for scalar in (0 as UInt32)..<0x800 {
            let character = String(Unicode.Scalar(scalar)!)
            let quoted = written { JSONWriter.quote(character, into: &$0) }
            let isPlain = scalar >= 0x20 && scalar != 0x22 && scalar != 0x5C
            #expect((quoted == "\"\(character)\"") == isPlain)
            let bytes = Array(quoted.utf8)
            #expect(verdict(bytes) == nil)
            #expect(JSONScan.string(bytes.span, ByteRange(0, bytes.count)) == character)
        }
        #expect(written { JSONWriter.quote("\u{1F}\u{0}\n", into: &$0) } == "\"\\u001f\\u0000\\n\"")
    }

    @Test(arguments: [
        ([0x61, 0x80, 0x62], "a\u{FFFD}b"), ([0xC3], "\u{FFFD}"), ([0xE4, 0xBD], "\u{FFFD}\u{FFFD}"),
        ([0xC3, 0xA9], "é"),
        ([0xF0, 0x9F, 0x98, 0x80], "😀"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xFF, 0x22], "\u{FFFD}\\\""),
    ])
    func bytesThatAreNotUTF8BecomeReplacementCharacters(bytes: [UInt8], expected: String) {
        let quoted = written { JSONWriter.quote(bytes.span, into: &$0) }
        #expect(quoted == "\"\(expected)\"")
    }

    @Test func numbersThatAreNotFiniteBecomeNull() {
        for number in [Double.infinity, -.infinity, .nan] {
            var writer = JSONWriter()
            writer.double(number)
            #expect(text(writer.takeBytes()) == "null")
        }
    }

    @Test func callsThatCannotComeTrap() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.int(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.int(1)
            writer.int(2)
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            _ = writer.takeBytes()
        }
    }
}
