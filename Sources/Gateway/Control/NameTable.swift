// Names to indices, looked up by bytes as they stand in a request: no String is made.

internal import Wire

/// An open-addressing table of at most `UInt32.max` names; built once, then only read.
package struct NameTable: Sendable {
    private var names: [[UInt8]] = []
    /// Index + 1 of the name in a place; 0: free. A power of two, at most half full.
    private var places: [UInt32]

    /// Later duplicates of a name are ignored.
    package init(_ names: [[UInt8]]) {
        var size = 8
        while size < names.count * 2 { size *= 2 }
        places = Array(repeating: 0, count: size)
        self.names = names.map { name in name.map { $0 } }
        for index in names.indices {
            let name = names[index]
            if self.index(of: name.span) != nil { continue }
            var place = Int(truncatingIfNeeded: NameTable.hash(name.span)) & (size - 1)
            while places[place] != 0 { place = (place + 1) & (size - 1) }
            places[place] = UInt32(index + 1)
        }
    }

    package func index(of name: Span<UInt8>) -> Int? {
        var place = Int(truncatingIfNeeded: NameTable.hash(name)) & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place] - 1)
            if NameTable.equal(names[index], name) { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private static func equal(_ known: [UInt8], _ name: Span<UInt8>) -> Bool {
        if known.count != name.count { return false }
        for index in known.indices where known[index] != name[index] { return false }
        return true
    }

    /// FNV-1a, 64 bits. Names come from the operator, so nobody can choose them to collide.
    private static func hash(_ name: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in name.indices { hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}
