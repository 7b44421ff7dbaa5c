import Testing

struct FuzzCorpusTests {
    /// What fuzzing kept, a folder for each fuzzer.
    @Test(
        arguments: [
            ("head", fuzzHead), ("chunk", fuzzChunk), ("sse", fuzzSSE), ("json", fuzzJSON),
        ] as [(String, @Sendable ([UInt8]) -> Void)])
    func whatFuzzingKeptBreaksNoPromise(name: String, body: @Sendable ([UInt8]) -> Void) {
        let folder = Files.package + "/Tests/Fixtures/corpus/" + name
        let files = Files.names(in: folder)
        #expect(files.count >= 10)
        for file in files { body(Files.bytes(folder + "/" + file)) }
    }
}
