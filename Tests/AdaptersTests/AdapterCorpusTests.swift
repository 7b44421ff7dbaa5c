import Testing

struct AdapterCorpusTests {
    /// What fuzzing kept, a folder for each fuzzer.
    @Test(
        arguments: [
            ("stream", fuzzStream), ("request", fuzzRequest), ("translate", fuzzTranslate), ("freeform", fuzzFreeform),
        ]
            as [(String, @Sendable ([UInt8]) -> Void)])
    func whatFuzzingKeptBreaksNoPromise(name: String, body: @Sendable ([UInt8]) -> Void) {
        let files = Fixture.names(in: "corpus/\(name)", ending: "")
        #expect(files.count >= 10)
        for file in files { body(Fixture.read("corpus/\(name)/\(file)") ?? []) }
    }

    @Test(arguments: GoldenTests.streams)
    func goldenStreamsBreakNoPromise(name: String) {
        let stream = Fixture.read("streams/\(name).sse") ?? []
        for choice in [UInt8(0), 1, 128, 255] { fuzzStream([choice] + stream) }
    }

    @Test(arguments: TranslatedStreamTests.cases)
    func translatedStreamsBreakNoPromise(example: TranslatedStreamTests.Case) {
        for choice in [UInt8(0), 1, 2, 131, 255] { fuzzTranslate([choice] + example.stream) }
    }

    @Test(arguments: TranslatedAnswerTests.cases)
    func translatedAnswersBreakNoPromise(example: TranslatedAnswerTests.Case) {
        for choice in [UInt8(0), 1] { fuzzTranslate([choice] + example.answer) }
    }

    @Test(arguments: GoldenTests.requests)
    func goldenRequestsBreakNoPromise(name: String) { fuzzRequest(Fixture.read("requests/\(name).json") ?? []) }
}
