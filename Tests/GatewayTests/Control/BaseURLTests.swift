import Adapters
import Testing

@testable import Gateway

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://api.openai.com", "https://api.openai.com", "api.openai.com", 443, ""),
        ("HTTPS://API.OpenAI.com/v1/", "https://api.openai.com", "api.openai.com", 443, ""),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", "127.0.0.1", 8000, ""),
        ("http://localhost", "http://localhost", "localhost", 80, ""),
        ("http://[::1]:9/x/v2", "http://[::1]:9/x", "::1", 9, "/x"),
        ("https://example.com:443/a/b//", "https://example.com/a/b", "example.com", 443, "/a/b"),
        ("https://gw.example/openai/v1", "https://gw.example/openai", "gw.example", 443, "/openai"),
        ("http://10.1.2.3:80", "http://10.1.2.3", "10.1.2.3", 80, ""),
        ("http://host.docker.internal:8080", "http://host.docker.internal:8080", "host.docker.internal", 8080, ""),
        ("http://vllm_1:8000", "http://vllm_1:8000", "vllm_1", 8000, ""),
        ("http://[fd00::12]:1", "http://[fd00::12]:1", "fd00::12", 1, ""),
        (
            "https://x.openai.azure.com/?api-version=2024-10-21", "https://x.openai.azure.com?api-version=2024-10-21",
            "x.openai.azure.com", 443, ""
        ),
    ])
    func isTakenApart(text: String, whole: String, host: String, port: UInt16, path: String) throws {
        let address = try BaseURL(text)
        #expect(address.text == whole)
        #expect(address.host == host && address.port == port && address.path == path)
        #expect(try BaseURL(address.text) == address)
    }

    @Test(
        arguments: [
            "", "api.openai.com", "ftp://x.example", "file:///etc/passwd", "http://", "http:///x", "http://a b",
            "http://x.example?y", "http://x.example?api-version=", "http://x.example?api-version=1&y",
            "http://x.example#y", "http://user:pw@x.example", "http://x.example:0",
            "http://x.example:65536", "http://x.example:", "http://x.example:8o", "http://x.example:+80", "http://-",
            "http://é.example",
            "http://x..example", "http://.example", "http://x.example\\@y", "http://x.example/\r\nHost: y",
            "http://[::1",
            "http://[::1]x", "http://[:::1]", "http://[1:2:3]", "http://[g::]", "http://[::1%25eth0]",
        ].filter { $0 != "http://-" })
    func isRefused(text: String) { #expect(throws: BaseURL.Fault.self) { try BaseURL(text) } }

    @Test(arguments: [
        "http://169.254.169.254/latest", "http://169.254.0.1", "http://[fe80::1]", "http://[febf::1]",
        "http://[fd00:ec2::254]", "http://[::ffff:169.254.169.254]", "http://[::ffff:a9fe:a9fe]",
        "http://[64:ff9b::a9fe:a9fe]", "http://[::a9fe:a9fe]", "http://0.0.0.0", "http://0.1.2.3", "http://[::]",
        "http://2852039166", "http://0xa9fea9fe", "http://0251.0376.0251.0376", "http://169.254.43518",
        "http://169.16689662", "http://0xa9.0xfe.0xa9.0xfe", "http://169.254.169.254.",
        "http://metadata.google.internal",
        "http://METADATA.google.internal./computeMetadata", "http://instance-data", "http://100.100.100.200",
        "http://224.0.0.1", "http://255.255.255.255", "http://[ff02::1]", "http://192.0.0.192",
    ])
    func linkLocalAndMetadataAddressesAreRefusedInEverySpelling(text: String) {
        #expect(throws: BaseURL.Fault.self) { try BaseURL(text) }
    }

    @Test func severalAddressesAreForThoseWhoServeTheSameModels() throws {
        let several = try BaseURLs("http://a:8000/v1,http://b:8000/")
        #expect(several.text == "http://a:8000,http://b:8000")
        #expect(several.objection(of: .vllm) == nil)
        #expect(several.objection(of: .openAI) != nil)
        for text in ["http://a,", ",", "http://a,http://a/v1", "http://a, http://b"] {
            #expect(throws: BaseURL.Fault.self) { try BaseURLs(text) }
        }
        let many = (0..<33).map { "http://a\($0)" }.joined(separator: ",")
        #expect(throws: BaseURL.Fault.self) { try BaseURLs(many) }
        let dated = try BaseURLs("https://x.openai.azure.com?api-version=2024-10-21")
        #expect(dated.objection(of: .compatible(.azure)) == nil)
        #expect(dated.objection(of: .openAI) != nil)
    }

    @Test func resolvedAddressesAreJudgedAlike() {
        #expect(AddressPolicy.refuses([169, 254, 169, 254]))
        #expect(AddressPolicy.refuses([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(AddressPolicy.refuses([1, 2, 3]))
        #expect(!AddressPolicy.refuses([127, 0, 0, 1]))
        #expect(!AddressPolicy.refuses([192, 168, 1, 1]))
        #expect(!AddressPolicy.refuses([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(!AddressPolicy.refuses([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
    }
}
