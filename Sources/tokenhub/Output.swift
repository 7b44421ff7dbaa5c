// Text for the terminal, written at once: print buffers when standard output is a pipe.

internal import Glibc

// Fence: write(2) and getenv(3); buffers are read during the calls only.
enum Output {
    static func line(_ text: String) { write("\(text)\n", to: 1) }
    static func text(_ text: String) { write(text, to: 1) }
    static func error(_ text: String) { write("tokenhub: \(text)\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes.removeFirst(count)
        }
    }
}
