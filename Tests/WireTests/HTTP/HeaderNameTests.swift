import Testing

@testable import Wire

struct HeaderNameTests {
    @Test func everyKnownNameIsRecognisedInAnyCase() throws {
        var parser = RequestParser()
        let own: Set<HeaderName> = [.other, .host, .contentLength, .transferEncoding, .expect]
        for id in HeaderName.allCases where !own.contains(id) {
            let name = id.text.description
            for spelt in [name, name.lowercased(), name.uppercased()] {
                let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\n\(spelt): v\r\n\r\n")
                _ = try parser.parse(bytes.span, scanned: 0)
                #expect(parser.fields[1].id == id, "\(spelt)")
                #expect(parser.fields.first(id).map { text(bytes, $0) } == "v")
            }
        }
    }

    @Test func aNameThatDiffersInOneByteIsNotRecognised() throws {
        var parser = RequestParser()
        for id in HeaderName.allCases where id != .other {
            let name = latin1(id.text.description.lowercased())
            for index in name.indices {
                for other in [name[index] ^ 1, 0x5F, 0x7E, 0x30] where other != name[index] {
                    var changed = name
                    changed[index] = other
                    guard other != 0x2C, other != 0x28, other != 0x29 else { continue }
                    let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\n") + changed + latin1(": v\r\n\r\n")
                    let length = try? parser.parse(bytes.span, scanned: 0)
                    guard length != nil else { continue }
                    #expect(parser.fields[1].id != id, "\(text(changed))")
                }
            }
        }
    }

    /// A known name is taken without a look at its bytes: none that is nearly one may pass so.
    @Test func aNameIsJudgedByItsBytesHoweverNearItIsToAKnownOne() {
        var parser = RequestParser()
        for id in HeaderName.allCases where id != .other {
            let name = latin1(id.text.description)
            for place in name.indices {
                for byte in UInt8.min...UInt8.max where byte != 0x3A {
                    var changed = name
                    changed[place] = byte
                    let isSame = ASCII.lowercased(byte) == ASCII.lowercased(name[place])
                    let bytes = latin1("GET / HTTP/1.0\r\n") + changed + latin1(": v\r\nX: and some more bytes\r\n\r\n")
                    do throws(HeadFault) {
                        _ = try parser.parse(bytes.span, scanned: 0)
                        #expect(ASCII.isToken(byte) && (parser.fields[0].id == id) == isSame, "\(text(changed))")
                    } catch {
                        // Values of framing fields have faults of their own.
                        #expect(!ASCII.isToken(byte) || isSame && id.isFraming, "\(text(changed)): \(error)")
                    }
                }
            }
        }
    }

    @Test func hopByHopFieldsAreNamed() {
        let names = HeaderName.allCases.filter(\.isHopByHop)
        #expect(names.contains(.connection) && names.contains(.transferEncoding) && names.contains(.te))
        #expect(!names.contains(.contentLength) && !names.contains(.authorization))
    }
}
