// A batch of rows on its way into `request_logs`: numbers, places of texts, and what each key of the batch spent.

package struct RequestRows: ~Copyable {
    package typealias Text = LentTexts.Place

    /// As `RequestRow`, in the form that costs least for each row.
    package struct Row: Sendable {
        package var timestamp: Timestamp
        package var modelID = Text.empty
        package var providerID = Text.empty
        package var mode = Text.empty
        package var costNanoUSD: Int64?
        package var assumedNanoUSD: Int64 = 0
        package var latencyMS: Int64 = 0
        package var firstTokenMS: Int64?
        package var statusCode: Int64 = 200
        package var providerStatus: Int64 = 0
        package var errorClass = Text.empty
        package var requestID = Text.empty
        /// What `key` gave; -1: none.
        package var key: Int32 = -1
        package var inputTokens: Int64 = 0
        package var outputTokens: Int64 = 0
        package var aliasFrom = Text.empty
        package var attempts: Int64 = 1
        package var isStream = false
        package var reason = Text.empty
        fileprivate(set) var time = Text.empty

        package init(timestamp: Timestamp) { self.timestamp = timestamp }

        package var chargedNanoUSD: Int64 { costNanoUSD ?? assumedNanoUSD }
    }

    /// A key of the batch. One that was added twice is two, and what they spent counts together.
    package struct Key: Sendable {
        package let id: String
        let text: Text
        package fileprivate(set) var earliest = Timestamp(milliseconds: .max)
        package fileprivate(set) var latest = Timestamp(milliseconds: .min)
        /// What its rows are charged together.
        fileprivate(set) var chargedNanoUSD: Int64 = 0
    }

    package private(set) var rows: [Row] = []
    package private(set) var keys: [Key] = []
    private(set) var texts: LentTexts
    /// A key is charged for a row that does not tell it: what was assumed of a price that is not known.
    private(set) var hasUnrecordedCharges = false

    /// - Parameter count: rows that will come, more or less.
    package init(expecting count: Int) {
        rows.reserveCapacity(count)
        // A time and a request id for each, and the names.
        texts = LentTexts(bytesExpected: count * 64 + 1024)
    }

    package mutating func text(_ text: String) -> Text { texts.add(text) }
    package mutating func text(_ text: Span<UInt8>) -> Text { texts.add(text) }

    package mutating func key(_ id: String) -> Int32 {
        keys.append(Key(id: id, text: texts.add(id)))
        return Int32(keys.count - 1)
    }

    /// Adds a row whose texts and key were added before.
    package mutating func add(_ row: consuming Row) {
        row.time = texts.add(row.timestamp)
        if row.key >= 0 {
            keys[Int(row.key)].count(row)
            if row.costNanoUSD == nil, row.assumedNanoUSD > 0 { hasUnrecordedCharges = true }
        }
        rows.append(row)
    }
}

extension RequestRows.Key {
    fileprivate mutating func count(_ row: borrowing RequestRows.Row) {
        earliest = min(earliest, row.timestamp)
        latest = max(latest, row.timestamp)
        let (sum, overflow) = chargedNanoUSD.addingReportingOverflow(max(0, row.chargedNanoUSD))
        chargedNanoUSD = overflow ? Int64.max : sum
    }
}

extension RequestRows {
    package init(_ rows: [RequestRow]) {
        self.init(expecting: rows.count)
        var keys: [String: Int32] = ["": -1]
        for row in rows {
            let key = keys[row.apiKeyID] ?? key(row.apiKeyID)
            keys[row.apiKeyID] = key
            add(row, of: key)
        }
    }

    private mutating func add(_ row: RequestRow, of key: Int32) {
        var new = Row(timestamp: row.timestamp)
        new.modelID = text(row.modelID)
        new.providerID = text(row.providerID)
        new.mode = text(row.mode)
        new.costNanoUSD = row.costNanoUSD
        new.assumedNanoUSD = row.assumedNanoUSD
        new.latencyMS = Int64(row.latencyMS)
        new.firstTokenMS = row.firstTokenMS.map { Int64($0) }
        new.statusCode = Int64(row.statusCode)
        new.providerStatus = Int64(row.providerStatus)
        new.errorClass = text(row.errorClass)
        new.requestID = text(row.requestID)
        new.key = key
        new.inputTokens = Int64(row.inputTokens)
        new.outputTokens = Int64(row.outputTokens)
        new.aliasFrom = text(row.aliasFrom)
        new.attempts = Int64(row.attempts)
        new.isStream = row.isStream
        new.reason = text(row.reason)
        add(new)
    }
}
