import Testing

@testable import Wire

struct AuthorityTests {
    @Test(arguments: [
        "a", "example.com", "a-b.c_d~e", "127.0.0.1:65535", "[::1]", "[2001:db8::1]:443", "[::ffff:1.2.3.4]", "x:",
        "%41",
        "very-long-host-name.of-more-than.sixteen.bytes.example:8443", "a!b$c",
    ])
    func hostsWithOrWithoutPortAreValid(host: String) {
        let bytes = latin1(host)
        #expect(Authority.isValid(bytes.span, 0..<bytes.count) == true)
    }

    @Test(arguments: [
        "", ":80", "a b", "a,b", "a@b", "a/b", "a?b", "a#b", "a:65536", "a:-1", "a:1a", "a:123456", "a::1", "[::1",
        "[]", "[:]",
        "[g::]", "[::1]x", "::1", "%4", "%zz", "a%", "\u{E9}", "a\\b", "a\"", "<a>",
    ])
    func whatIsNoHostIsNotValid(host: String) {
        let bytes = latin1(host)
        #expect(Authority.isValid(bytes.span, 0..<bytes.count) == false)
    }
}
