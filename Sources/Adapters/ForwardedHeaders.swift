// The client's headers that may go on to a provider.

package import Wire

/// Field lines picked from a request head by name, kept beside the exchange so that every attempt starts from them.
///
/// Clients choose neither target nor credential: what no dialect allows by name is left behind, which is nearly all.
package enum ForwardedHeaders {
    /// Appends `name: value` lines that some dialect allows, `Limits.forwardedBytesMax` bytes at most; mostly nothing.
    /// - Parameter head: the bytes that `fields` point into.
    package static func collect(
        _ fields: borrowing HeaderFields, head: Span<UInt8>, into out: inout ByteBuffer
    ) {
        let isOfMessages = fields.contains(.anthropicVersion) || fields.contains(.anthropicBeta)
        guard isOfMessages || fields.contains(.other) else { return }
        let bytesBefore = out.count
        var index = 0
        while index < fields.count {
            let field = fields[index]
            index &+= 1
            switch field.id {
            case .anthropicVersion, .anthropicBeta: break
            case .other where mayBeForwarded(ByteScan.word(head, Int(field.name.start))): break
            default: continue
            }
            let name = head.extracting(field.name)
            let isRoomLeft =
                out.count - bytesBefore + field.name.count + field.value.count + 4 <= Limits.forwardedBytesMax
            if isRoomLeft, Provider.someForwards(name) { HeadWriter.field(field, of: head, into: &out) }
        }
    }

    /// Whether a name without an id may be one that some dialect forwards, by its first four bytes, in either case. SDKs send half a dozen
    /// fields of their own that nobody forwards; each costs this comparison.
    private static func mayBeForwarded(_ name: UInt64) -> Bool {
        let start = (name | 0x2020_2020) & 0xFFFF_FFFF
        return start == ByteScan.word("open") || start == ByteScan.word("x-si")
    }

    /// Appends those of the collected lines that `provider` takes.
    static func write(_ lines: Span<UInt8>, to provider: Provider, into out: inout ByteBuffer) {
        var start = 0
        while start < lines.count {
            let end = ByteScan.first(ASCII.lf, in: lines, from: start) + 1
            let name = lines.extracting(start..<ByteScan.first(ASCII.colon, in: lines, from: start))
            if provider.forwards(name) { out.append(lines.extracting(start..<end)) }
            start = end
        }
    }

    /// Whether one of the collected lines has this name.
    /// - Parameter name: in lower case.
    static func hold(_ name: StaticString, _ lines: Span<UInt8>) -> Bool {
        var start = 0
        while start < lines.count {
            let colon = ByteScan.first(ASCII.colon, in: lines, from: start)
            if ASCII.equalsIgnoringCase(lines, start..<colon, name) { return true }
            start = ByteScan.first(ASCII.lf, in: lines, from: colon) + 1
        }
        return false
    }
}
