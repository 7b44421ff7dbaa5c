// The sets of bytes that Wire looks for.

enum ByteMarks {
    typealias Block = SIMD16<UInt8>

    /// One byte below 0x80.
    struct One: ByteMark {
        let byte: UInt8

        @inline(__always)
        func mark(_ block: Block) -> Block { equal(block, byte) & ~block }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { byte == self.byte }
    }

    /// Either of two bytes below 0x80.
    struct Two: ByteMark {
        let one: UInt8
        let other: UInt8

        @inline(__always)
        func mark(_ block: Block) -> Block { (equal(block, one) | equal(block, other)) & ~block }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { byte == one || byte == other }
    }

    /// CR and LF.
    struct LineEnds: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block { (equal(block, ASCII.cr) | equal(block, ASCII.lf)) & ~block }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { byte == ASCII.cr || byte == ASCII.lf }
    }

    /// Bytes below 0x20, and DEL.
    struct Controls: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block {
            // Of the bytes below 0x80 only DEL carries into the high bit.
            ((block &- Block(repeating: 0x20)) | (block &+ Block(repeating: 1))) & ~block
        }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
    }

    /// What ends the plain run of a JSON string: a quote, a backslash, a control byte, a byte beyond ASCII.
    struct StringStops: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block {
            // Flipping bit 1 puts the quote at 0x20 and keeps the controls below: both are below 0x21 then, and no other byte.
            let low: Block = (block ^ Block(repeating: 2)) &- Block(repeating: 0x21)
            return low | equal(block, ASCII.backslash) | block
        }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool {
            byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 || byte >= 0x80
        }
    }

    /// All but letters, digits and `-`.
    struct NotInName: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block {
            let known: Block = letters(block) | range(block, 0x30, 0x39) | equal(block, ASCII.hyphen)
            return ~known | block
        }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { !ASCII.isAlphanumeric(byte) && byte != ASCII.hyphen }
    }

    /// All but letters, digits, `-` and `.`.
    struct NotInHost: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block {
            let known: Block = letters(block) | range(block, 0x30, 0x39) | range(block, 0x2D, 0x2E)
            return ~known | block
        }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { !ASCII.isAlphanumeric(byte) && byte != ASCII.hyphen && byte != ASCII.dot }
    }

    /// All but letters, digits, `-`, `.` and `/`.
    struct NotInPath: ByteMark {
        @inline(__always)
        func mark(_ block: Block) -> Block {
            // The thirteen bytes from `-` to `9` stand in a row.
            ~(letters(block) | range(block, 0x2D, 0x39)) | block
        }

        @inline(__always)
        func holds(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 >= 26 && byte &- 0x2D >= 13 }
    }

    @inline(__always)
    private static func equal(_ block: Block, _ byte: UInt8) -> Block {
        (block ^ Block(repeating: byte)) &- Block(repeating: 1)
    }

    @inline(__always)
    private static func letters(_ block: Block) -> Block { range(block | Block(repeating: 0x20), 0x61, 0x7A) }

    /// - Parameter first: lowest byte of the range, below 0x80 as `last`.
    @inline(__always)
    private static func range(_ block: Block, _ first: UInt8, _ last: UInt8) -> Block {
        (block &+ Block(repeating: 0x80 &- first)) & ~(block &+ Block(repeating: 0x7F &- last))
    }
}
