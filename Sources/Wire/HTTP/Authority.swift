// The grammar of `host[:port]`, as it stands in the Host header and in an absolute request target.

/// - Source: RFC 3986 section 3.2 without userinfo; RFC 9110 section 7.2.
enum Authority {
    /// Whether the bytes are a host with an optional port. An empty host, a userinfo, a comma and a port above 65535 are refused.
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        let end = range.upperBound
        if ByteScan.byte(bytes, index) == ASCII.openBracket {
            guard let behind = addressEnd(bytes, index &+ 1, end) else { return false }
            index = behind
        } else {
            index = min(ByteScan.hostStop(bytes, from: index), end)
            while index < end, ASCII.isHostName(ByteScan.byte(bytes, index)) {
                if ByteScan.byte(bytes, index) == ASCII.percent {
                    guard index &+ 2 < end, isPercentTriplet(bytes, index) else { return false }
                }
                index &+= 1
            }
            if index == range.lowerBound { return false }
        }
        if index == end { return true }
        guard ByteScan.byte(bytes, index) == ASCII.colon, end &- index <= 6 else { return false }
        if index &+ 1 == end { return true }
        guard let port = ASCII.decimal(bytes, (index &+ 1)..<end) else { return false }
        return port <= 65535
    }

    static func isPercentTriplet(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
        ASCII.hexValue(ByteScan.byte(bytes, index &+ 1)) < 16 && ASCII.hexValue(ByteScan.byte(bytes, index &+ 2)) < 16
    }

    /// The offset behind the `]` of an address literal: hexadecimal digits, colons and dots. IPvFuture does not exist.
    private static func addressEnd(_ bytes: Span<UInt8>, _ from: Int, _ end: Int) -> Int? {
        var index = from
        var colonCount = 0
        while index < end {
            let byte = ByteScan.byte(bytes, index)
            if byte == ASCII.closeBracket { return colonCount >= 2 ? index &+ 1 : nil }
            guard ASCII.hexValue(byte) < 16 || byte == ASCII.colon || byte == ASCII.dot else { return nil }
            if byte == ASCII.colon { colonCount &+= 1 }
            index &+= 1
        }
        return nil
    }
}
