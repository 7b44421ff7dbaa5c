// One part of an answer, in the order in which the model says them.

/// A part is divided into pieces, each of which is a content event of a stream.
struct SimPart: Sendable {
    enum Kind: Equatable, Sendable { case reasoning, text, call }

    let kind: Kind
    /// Place of its text in the script's, raw; `nil`: words that are made when they are written.
    let bytes: Range<Int>?
    /// Bytes of each piece of `bytes`.
    let pieceBytes: Int
    /// Place of the called tool's name in the script's names.
    var name = 0..<0
    /// Which of the answer's calls this is.
    var callIndex = 0
    /// Number of its first piece, counted over the whole answer.
    var firstPiece = 0
    let pieceCount: Int

    /// A part of words.
    init(words: Int) { (kind, bytes, pieceBytes, pieceCount) = (.text, nil, 0, words) }

    /// A part whose text is known. The first piece of a call names it, the others bring its arguments.
    init(_ kind: Kind, bytes: Range<Int>, pieceBytes: Int) {
        (self.kind, self.bytes, self.pieceBytes) = (kind, bytes, pieceBytes)
        pieceCount = (bytes.count + pieceBytes - 1) / pieceBytes + (kind == .call ? 1 : 0)
    }

    var pieces: Range<Int> { firstPiece..<(firstPiece + pieceCount) }
}
