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
        "Sources/Store/Database/Connection.swift",
        "Sources/Store/Database/Statement.swift",
        "Sources/Store/Files/PrivateFile.swift",
        "Sources/Store/Vault/Cipher.swift",
        "Sources/Store/Vault/Digest.swift",
        "Sources/Store/Vault/Entropy.swift",
        "Sources/Store/Vault/KeyDerivation.swift",
        "Sources/Store/Vault/PasswordHash.swift",
        "Sources/Store/Vault/Secret.swift",
        "Sources/Wire/Bytes/ByteBuffer.swift",
    ]
}
