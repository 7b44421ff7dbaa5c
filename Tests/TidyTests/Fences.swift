/// The files that may say `unsafe`.
enum Fences {
    static let paths: Set<String> = [
        "Benchmarks/Load/Address.swift",
        "Benchmarks/Load/ByteSearch.swift",
        "Benchmarks/Load/Clock.swift",
        "Benchmarks/Load/FileText.swift",
        "Benchmarks/Load/Poller.swift",
        "Benchmarks/Load/Process.swift",
        "Benchmarks/Load/TLSClientContext.swift",
        "Benchmarks/Load/Transport.swift",
        "Sources/Wire/Bytes/ByteBuffer.swift",
    ]
}
