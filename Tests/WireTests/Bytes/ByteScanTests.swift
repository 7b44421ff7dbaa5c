import Testing

@testable import Wire

struct ByteScanTests {
    /// What each finder stops at, said of one byte.
    private static let finders: [(String, @Sendable (Span<UInt8>, Int) -> Int, @Sendable (UInt8) -> Bool)] = [
        ("lineStop", { ByteScan.lineStop($0, from: $1) }, { $0 == 10 || $0 == 13 }),
        ("controlStop", { ByteScan.controlStop($0, from: $1) }, { $0 < 32 && $0 != 9 || $0 == 127 }),
        ("stringStop", { ByteScan.stringStop($0, from: $1) }, { $0 < 32 || $0 >= 128 || $0 == 34 || $0 == 92 }),
        ("nameStop", { ByteScan.nameStop($0, from: $1) }, { !isAlphanumeric($0) && $0 != 45 }),
        ("hostStop", { ByteScan.hostStop($0, from: $1) }, { !isAlphanumeric($0) && $0 != 45 && $0 != 46 }),
        ("pathStop", { ByteScan.pathStop($0, from: $1) }, { !isAlphanumeric($0) && !(45...47).contains($0) }),
        ("colon", { ByteScan.first(58, in: $0, from: $1) }, { $0 == 58 }),
    ]

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    @Test(arguments: finders.indices)
    func everyByteAtEveryPlaceIsFoundOrPassed(index: Int) {
        let (name, find, isWanted) = Self.finders[index]
        let passed = (0...255).map { UInt8($0) }.filter { !isWanted($0) }
        for length in [0, 1, 7, 15, 16, 17, 31, 32, 33, 50, 70] {
            let plain = (0..<length).map { passed[($0 * 7) % passed.count] }
            #expect(find(plain.span, 0) == length, "\(name) in \(length) bytes")
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var bytes = plain
                    bytes[place] = byte
                    let found = find(bytes.span, 0)
                    if found != (isWanted(byte) ? place : length) {
                        Issue.record("\(name): byte \(byte) at \(place) of \(length): \(found)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: finders.indices)
    func theSearchBeginsWhereItIsTold(index: Int) {
        let (name, find, isWanted) = Self.finders[index]
        let wanted = (0...255).map { UInt8($0) }.filter(isWanted)
        let bytes = (0..<48).map { wanted[$0 % wanted.count] }
        for from in 0...48 { #expect(find(bytes.span, from) == from, "\(name) from \(from)") }
    }

    @Test func whatDiffersInOneBitDoesNotAgree() {
        func agree(_ one: [UInt8], _ from: Int, _ two: [UInt8], _ other: Int, _ count: Int) -> Bool {
            ByteScan.agrees(one.span, from: from, two.span, from: other, count: count)
        }
        for count in 0..<70 {
            let one = (0..<count + 5).map { UInt8($0 * 3 + 1) }
            let two = [7, 7, 7] + one[2..<2 + count] + [9]
            #expect(agree(one, 2, two, 3, count))
            for place in 0..<count {
                var changed = two
                changed[3 + place] ^= 1 << UInt8(place % 8)
                #expect(!agree(one, 2, changed, 3, count), "\(place) of \(count)")
            }
            // Neither is read beyond its end or before its start.
            #expect(!agree(one, 6, two, 0, count))
            #expect(!agree(one, 0, two, 5, count))
            #expect(!agree(one, -1, two, 0, count))
        }
    }

    @Test func doublesAndEscapesAreFoundWhereverTheyStand() {
        let wanted: [[UInt8]] = [[0x40, 0x40]] + (0x34...0x37).map { [0x5C, 0x75, 0x30, 0x30, $0] }
        for length in 0..<100 {
            // Halves of what is looked for, and bytes beyond ASCII.
            let plain = (0..<length).map {
                [UInt8(0x40), 0x75, 0x30, 0xC0, 0x38, 0x75, 0x30, 0x30, 0x38, 0xF5][$0 % 10]
            }
            #expect(ByteScan.firstDouble(0x40, orEscape: plain.span, from: 0) == length)
            for one in wanted where one.count <= length {
                for place in 0...length - one.count {
                    var bytes = [UInt8](repeating: 0x20, count: length)
                    for (index, byte) in one.enumerated() { bytes[place + index] = byte }
                    // Of an escape the `u` is told.
                    let found = one[0] == 0x5C ? place + 1 : place
                    #expect(ByteScan.firstDouble(0x40, orEscape: bytes.span, from: 0) == found)
                    #expect(ByteScan.firstDouble(0x40, orEscape: bytes.span, from: place) == found)
                    #expect(ByteScan.firstDouble(0x40, orEscape: bytes.span, from: found + 1) == length)
                }
            }
        }
    }

    @Test func wordsBeyondTheEndReadAsZero() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        #expect(ByteScan.word(bytes.span, 0) == 0x0807_0605_0403_0201)
        #expect(ByteScan.word(bytes.span, 1) == 0x0908_0706_0504_0302)
        #expect(ByteScan.word(bytes.span, 2) == 0x0009_0807_0605_0403)
        #expect(ByteScan.word(bytes.span, 9) == 0)
        #expect(ByteScan.word(bytes.span, -3) == 0x0504_0302_0100_0000)
        #expect(ByteScan.word("abc") == 0x63_6261)
        #expect(ByteScan.byte(bytes.span, 8) == 9)
        #expect(ByteScan.byte(bytes.span, 9) == 0)
        #expect(ByteScan.byte(bytes.span, -1) == 0)
        #expect(ByteScan.byte(bytes.span, Int.max) == 0)
    }

    @Test func rangesOutsideOfTheSpanEqualNothing() {
        let bytes = latin1("abcabc")
        #expect(ByteScan.equals(bytes.span, 3..<6, "abc") == true)
        #expect(ByteScan.equals(bytes.span, 4..<7, "bca") == false)
        #expect(ByteScan.equals(bytes.span, 6..<6, "") == true)
        #expect(ByteScan.equals(bytes.span, ByteRange(0, 3), ByteRange(3, 6)) == true)
        #expect(ByteScan.equals(bytes.span, ByteRange(0, 3), ByteRange(4, 7)) == false)
        #expect(ByteScan.equals(bytes.span, ByteRange(0, 2), ByteRange(3, 6)) == false)
    }
}
