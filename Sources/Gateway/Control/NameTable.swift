// Names to indices, looked up by bytes as they stand in a request: no String is made.

internal import Wire

/// An open-addressing table of at most `UInt32.max` names; built once, then only read.
package struct NameTable: Sendable {
    /// All names, one behind the other: none is an object of its own that a look-up would have to hold.
    private var text: [UInt8] = []
    /// Where in `text` each of them ends.
    private var ends: [Int] = []
    /// Index + 1 of the name in a place; 0: free. A power of two, at most half full.
    private var places: [UInt32]
    /// The names are digests: their first bytes are as good as any hash of the whole, and cost nothing.
    private let namesAreDigests: Bool

    /// Later duplicates of a name are ignored.
    package init(_ names: [[UInt8]], areDigests: Bool = false) {
        namesAreDigests = areDigests
        var size = 8
        while size < names.count * 2 { size *= 2 }
        places = Array(repeating: 0, count: size)
        for name in names {
            text += name
            ends.append(text.count)
        }
        for (index, name) in names.enumerated() {
            if self.index(of: name.span) != nil { continue }
            var place = Int(truncatingIfNeeded: hash(name.span)) & (size - 1)
            while places[place] != 0 { place = (place + 1) & (size - 1) }
            places[place] = UInt32(index + 1)
        }
    }

    package func index(of name: Span<UInt8>) -> Int? {
        var place = Int(truncatingIfNeeded: hash(name)) & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place] - 1)
            if isName(index, name) { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private func isName(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let start = index > 0 ? ends[index - 1] : 0
        return ends[index] - start == name.count
            && ByteScan.equals(text.span, from: start, name, from: 0, count: name.count)
    }

    /// Names come from the operator, and digests cannot be chosen, so nobody can make them collide.
    private func hash(_ name: Span<UInt8>) -> UInt64 {
        namesAreDigests && name.count >= 8 ? ByteScan.word(name, 0) : FNV.hash(name)
    }
}
