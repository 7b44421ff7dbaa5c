// The words the simulated provider speaks.

import Wire

/// Deterministic text, written as the inside of a JSON string.
enum SimText {
    /// Words as JSON spells them: most are plain, some need care from whoever cuts, copies or counts.
    private static let words: [[UInt8]] = [
        "the", "gateway", "reads", "bytes", "and", "hands", "them", "on", "a", "stream", "of", "small", "chunks",
        "arrives", "in", "order", "while", "nothing", "is", "lost", "between", "two", "sockets", "every", "token",
        "counts", "once", "so", "that", "money", "stays", "exact", "slow", "readers", "wait", "fast", "ones", "do",
        "not", "clocks", "tick", "seeds", "repeat", "answers", "match", "tests", "agree", "naïve", "日本語", "снег",
        "🙂", "\\\"quoted\\\"", "back\\\\slash", "line\\n", "tab\\t", "\\u00e9t\\u00e9", "\\ud83d\\ude80", "[DONE]",
        "data:", "\\\"usage\\\":{", "{}", "x", "0", "end",
    ].map { Array($0.utf8) }

    /// Plain letters with a period that no power of two divides, so that neighbouring chunks differ.
    private static let letters: [UInt8] = {
        let line = Array("etaoin shrdlu cmfwyp vbgkjq xz ".utf8)
        return (0..<1024).map { line[$0 % line.count] }
    }()

    /// Appends token `index` of the answer that `seed` names: a word with its blank, or `chunkBytes` letters.
    static func append(_ index: Int, seed: UInt64, chunkBytes: Int, into out: inout ByteBuffer) {
        let word = SimRandom.word(seed, at: index)
        if chunkBytes == 0 {
            if index > 0 { out.append(UInt8(ascii: " ")) }
            out.append(words[Int(truncatingIfNeeded: word % UInt64(words.count))])
            return
        }
        var left = chunkBytes
        var offset = Int(truncatingIfNeeded: word & 511)
        while left > 0 {
            let count = min(left, letters.count - offset)
            out.append(letters.span.extracting(offset..<(offset + count)))
            left -= count
            offset = 0
        }
    }
}
