// The tool calls that wait for their results.

import Wire

/// Calls of the last assistant turn under the ids that the other wire gets, and which of them have a result.
///
/// Every wire wants each call answered before anything else is said, and no result without its call.
struct PendingCalls: ~Copyable {
    private struct Call {
        let hash: UInt64
        let id: ByteRange
        var isAnswered = false
    }

    private let form: ToolID.Form
    private var ids = ByteBuffer()
    private var plain = ByteBuffer()
    private var calls: [Call] = []
    /// Results come in the order of the calls, nearly always: where to look first.
    private var next = 0
    /// Hashes of all ids of the conversation, as the other wire gets them.
    private var seen: Set<UInt64> = []
    private var turnCount = 0
    /// Of the next id of ours.
    private var nameIndex = 0

    init(_ form: ToolID.Form) { self.form = form }

    /// How many have no result.
    private var waitingCount = 0

    /// Some call has no result yet.
    var isWaiting: Bool { waitingCount > 0 }

    /// Another turn of the assistant: calls of the one before can no longer be answered.
    mutating func turnBegan() {
        calls.removeAll(keepingCapacity: true)
        ids.removeAll()
        (next, waitingCount, turnCount, nameIndex) = (0, 0, turnCount + 1, 0)
    }

    /// Notes a call. One without id, or whose id was there before on the other wire, gets an id of ours.
    /// - Parameter raw: the id as written, the inside of a string.
    /// - Returns: where its id for the other wire is; `nil` when there are too many calls.
    mutating func add(_ raw: Span<UInt8>) -> ByteRange? {
        guard calls.count < Limits.callCountMax else { return nil }
        let hash = read(raw)
        if raw.isEmpty { nameCall() }
        let start = ids.count
        ToolID.write(plain, as: form, into: &ids)
        while !seen.insert(ToolID.hash(ids.bytes.extracting(start..<ids.count))).inserted {
            ids.truncate(to: start)
            nameCall()
            ToolID.write(plain, as: form, into: &ids)
        }
        let id = ByteRange(start, ids.count)
        calls.append(Call(hash: hash, id: id))
        waitingCount += 1
        return id
    }

    /// Notes a result; one without id is that of the first call that still waits.
    /// - Returns: `nil` when no call waits for it.
    mutating func answer(_ raw: Span<UInt8>) -> ByteRange? {
        let hash = read(raw)
        for step in 0..<calls.count {
            let index = next + step < calls.count ? next + step : next + step - calls.count
            if calls[index].isAnswered || (!raw.isEmpty && calls[index].hash != hash) { continue }
            calls[index].isAnswered = true
            waitingCount -= 1
            next = index + 1 < calls.count ? index + 1 : 0
            return calls[index].id
        }
        return nil
    }

    /// A call that nobody answered, which then counts as answered; `nil` when there is none.
    mutating func giveUp() -> ByteRange? {
        if waitingCount == 0 { return nil }
        while next < calls.count, calls[next].isAnswered { next += 1 }
        if next == calls.count {
            guard let first = calls.firstIndex(where: { !$0.isAnswered }) else { return nil }
            next = first
        }
        calls[next].isAnswered = true
        waitingCount -= 1
        return calls[next].id
    }

    /// Appends an id as a JSON string.
    func write(_ id: ByteRange, into out: inout ByteBuffer) { out.append(quoting: ids.bytes.extracting(id)) }

    /// Puts an id of ours into `plain`, each time another one.
    private mutating func nameCall() {
        nameIndex = max(nameIndex, calls.count)
        plain.removeAll()
        plain.append("call_")
        plain.append(decimal: turnCount)
        plain.append("_")
        plain.append(decimal: nameIndex)
        nameIndex += 1
    }

    /// Puts the id without its escapes into `plain`.
    private mutating func read(_ raw: Span<UInt8>) -> UInt64 {
        plain.removeAll()
        ToolID.read(raw, into: &plain)
        return ToolID.hash(plain.bytes)
    }
}
