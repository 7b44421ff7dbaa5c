// Reads the two HTTP corpora, with our own JSON code.

import Wire

/// One case of http11probe or http-garden.
struct CorpusCase: CustomStringConvertible {
    let id: String
    let payload: [UInt8]
    /// Statuses and words (`2xx`, `4xx`, `close`) that the corpus allows as the first answer; empty: any single one.
    let allowed: [String]
    let answersMax: Int
    var description: String { id }

    /// - Returns: an empty list when the file is not there.
    static func all(in name: String) -> [CorpusCase] {
        guard let path = Files.shared(name) else {
            print("skipped: shared/data/\(name) is not there")
            return []
        }
        let bytes = Files.bytes(path)
        let start = bytes.firstIndex(of: UInt8(ascii: "{")) ?? 0
        guard let list = JSONScan.find("cases", in: bytes.span, from: ByteRange(start, bytes.count)) else { return [] }
        var cursor = JSONCursor(of: list.value, in: bytes.span)
        var cases: [CorpusCase] = []
        while let element = cursor.next(in: bytes.span) { cases.append(CorpusCase(bytes, element.value)) }
        return cases
    }

    private init(_ bytes: [UInt8], _ object: ByteRange) {
        func string(_ name: StaticString) -> String {
            JSONScan.member(of: object, in: bytes.span, named: name)
                .flatMap { JSONScan.string(bytes.span, $0.value) } ?? ""
        }
        id = string("id")
        payload = latin1(string("payload").replacing("{HOST}", with: "localhost:8090"))
        answersMax = Int(
            JSONScan.member(of: object, in: bytes.span, named: "max_answers")
                .flatMap { JSONScan.int(bytes.span, $0.value) } ?? 1)
        var allowed: [String] = []
        if let list = JSONScan.member(of: object, in: bytes.span, named: "allow") {
            var cursor = JSONCursor(of: list.value, in: bytes.span)
            while let element = cursor.next(in: bytes.span) {
                allowed.append(JSONScan.string(bytes.span, element.value) ?? text(bytes, element.value))
            }
        }
        self.allowed = allowed
    }

    /// What the corpus says of our answers; `nil` when it agrees.
    func objection(to model: borrowing ConnectionModel) -> String? {
        if model.answers.count > answersMax { return "\(model.answers.count) answers" }
        if allowed.isEmpty { return nil }
        switch model.answers.first {
        case .accepted:
            // What a request gets that the parser accepts is the Gateway's business: 2xx stands for all of that.
            let isAllowed = allowed.contains("2xx") || allowed.contains("200")
            return isAllowed ? nil : "accepted"
        case .refused(let status):
            let isAllowed = allowed.contains(String(status)) || allowed.contains("4xx") && status / 100 == 4
            // A refusal closes the connection.
            return isAllowed || allowed.contains("close") ? nil : "refused with \(status)"
        case nil:
            // The rest does not come: the connection is closed at its deadline.
            return allowed.contains("close") ? nil : "still waiting"
        }
    }

    /// Runs the case whole or a byte at a time.
    func run(isCut: Bool) -> ConnectionModel {
        var model = ConnectionModel()
        if isCut {
            for byte in payload { model.feed([byte]) }
        } else {
            model.feed(payload)
        }
        return model
    }
}
