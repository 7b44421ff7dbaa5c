import Testing
import Wire

struct ByteBufferTests {
    @Test func bytesComeOutInTheOrderTheyWentIn() {
        var buffer = ByteBuffer()
        buffer.append(0x61)
        buffer.append("bc")
        buffer.append(Array("de".utf8))
        buffer.append("é" as String)
        #expect(text(array(buffer)) == "abcdeé")
        buffer.consume(2)
        #expect(text(array(buffer)) == "cdeé")
        buffer.truncate(to: 2)
        #expect(text(array(buffer)) == "cd")
        buffer.removeAll()
        #expect(buffer.count == 0 && buffer.bytesHeld > 0)
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (-7, "-7"), (1234567890, "1234567890"), (Int.max, "9223372036854775807"),
        (Int.min, "-9223372036854775808"),
    ])
    func numbersAreWrittenInDecimal(number: Int, expected: String) {
        #expect(written { $0.append(decimal: number) } == expected)
    }

    @Test func numbersOfEveryLengthAreWrittenInDecimal() {
        var power: UInt64 = 1
        for _ in 0..<19 {
            for number in [Int(power - 1), Int(power), Int(power + 1), Int(power / 7 * 6)] {
                #expect(written { $0.append(decimal: number) } == "\(number)")
            }
            power *= 10
        }
    }

    @Test(arguments: [(0, 3, "000"), (7, 3, "007"), (42, 3, "042"), (1234, 3, "1234"), (0, 9, "000000000")])
    func shortNumbersAreFilledUpWithZeros(number: Int, width: Int, expected: String) {
        #expect(written { $0.append(decimal: number, width: width) } == expected)
    }

    @Test(arguments: [
        (UInt64(0), "0"), (9, "9"), (10, "a"), (255, "ff"), (4096, "1000"), (UInt64.max, "ffffffffffffffff"),
    ])
    func numbersAreWrittenInHexadecimal(number: UInt64, expected: String) {
        #expect(written { $0.append(hex: number) } == expected)
    }

    @Test func aQueueThatIsReadAndWrittenKeepsItsBytes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("aQueue: seed \(seed)")
        var random = Seeded(seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<500 {
            let part = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            buffer.append(part.span)
            model += part
            let taken = random.below(model.count + 1)
            buffer.consume(taken)
            model.removeFirst(taken)
            #expect(array(buffer) == model, "seed \(seed)")
        }
    }

    @Test func consumingMoreThanThereIsTraps() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer()
            buffer.append("a")
            buffer.consume(2)
        }
    }
}
