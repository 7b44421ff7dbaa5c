// Looking for the sentences by which providers say what went wrong.

import Wire

/// The beginning of an error body, searched without regard to case. Only on the path of failures.
enum FaultText {
    /// Whether one of `phrases`, all in lower case, stands in the first `Limits.errorBytesSearchedMax` bytes.
    static func holds(_ body: Span<UInt8>, _ phrases: StaticString...) -> Bool {
        let end = min(body.count, Limits.errorBytesSearchedMax)
        for phrase in phrases {
            let length = phrase.utf8CodeUnitCount
            var index = 0
            while index + length <= end {
                if ASCII.equalsIgnoringCase(body, index..<(index + length), phrase) { return true }
                index += 1
            }
        }
        return false
    }
}
