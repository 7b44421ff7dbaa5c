// One JSON line per exchange, put together byte by byte and handed over in batches.

internal import Adapters
internal import Wire

final class AccessLog {
    let isOn: Bool
    private var lines = ByteBuffer()
    /// The date and time of `second`, written once a second.
    private var second: UInt64 = .max
    private var stamp = ByteBuffer()

    init(isOn: Bool) { self.isOn = isOn }

    var bytes: Int { lines.count }

    /// Takes the lines written so far.
    func take() -> [UInt8] {
        let taken = Array(copying: lines.bytes)
        lines.removeAll()
        return taken
    }

    /// A request that came to nothing before anybody was asked.
    func write(refused id: RequestID, status: Int, code: StaticString, at wallClock: UInt64) {
        guard isOn else { return }
        lines.append("{\"ts\":\"")
        writeTime(wallClock)
        lines.append("\",\"level\":\"info\",\"msg\":\"refused\",\"request_id\":\"")
        lines.append(id.bytes)
        lines.append("\",\"status\":")
        lines.append(decimal: status)
        lines.append(",\"error\":\"")
        lines.append(code)
        lines.append("\"}\n")
    }

    /// An exchange that is over.
    func write(_ exchange: Exchange) {
        if isOn { write(exchange.record, exchange.snapshot) }
    }

    @inline(__always)
    private func write(_ record: borrowing RequestRecord, _ snapshot: Snapshot) {
        lines.append("{\"ts\":\"")
        writeTime(record.startedAt)
        lines.append("\",\"level\":\"info\",\"msg\":\"request\",\"request_id\":\"")
        lines.append(record.requestID.bytes)
        lines.append("\",\"operation\":\"")
        lines.append(record.operation.path)
        lines.append("\",\"status\":")
        lines.append(decimal: Int(record.status))
        if record.model >= 0 {
            lines.append(snapshot.names[Int(record.model)].logMembers)
        }
        if record.key >= 0 { lines.append(snapshot.keys[Int(record.key)].logMember) }
        lines.append(",\"duration_us\":")
        lines.append(decimal: Int(record.durationNS / 1000))
        lines.append(",\"first_token_us\":")
        lines.append(decimal: Int(record.firstTokenNS / 1000))
        lines.append(",\"overhead_us\":")
        lines.append(decimal: Int(record.overheadNS / 1000))
        lines.append(",\"attempts\":")
        lines.append(decimal: Int(record.attemptCount))
        if record.hedgeCount > 0 {
            lines.append(",\"hedges\":")
            lines.append(decimal: Int(record.hedgeCount))
            lines.append(",\"lost_nano_usd\":")
            lines.append(decimal: Int(record.lostNanoUSD))
        }
        lines.append(",\"input_tokens\":")
        lines.append(decimal: Int(record.usage.inputTokens))
        lines.append(",\"output_tokens\":")
        lines.append(decimal: Int(record.usage.outputTokens))
        lines.append(",\"cost_nano_usd\":")
        if let cost = record.costNanoUSD { lines.append(decimal: Int(cost)) } else { lines.append("null") }
        lines.append(",\"bytes\":")
        lines.append(decimal: Int(record.answerBytes))
        if record.isStream {
            lines.append(",\"events\":")
            lines.append(decimal: Int(record.eventCount))
        }
        if record.errorLabel.utf8CodeUnitCount > 0 {
            lines.append(",\"error\":\"")
            lines.append(record.errorLabel)
            lines.append("\"")
        }
        if record.isReplay { lines.append(",\"replay\":true") }
        if record.clientLeft { lines.append(",\"client_left\":true") }
        lines.append("}\n")
    }

    private func writeTime(_ nanoseconds: UInt64) {
        let now = nanoseconds / 1_000_000_000
        if now != second {
            second = now
            stamp.removeAll()
            CalendarTime(secondsSince1970: Int64(now)).write(into: &stamp)
        }
        lines.append(stamp.bytes)
        lines.append(".")
        lines.append(decimal: Int(nanoseconds / 1_000_000 % 1000), width: 3)
        lines.append("Z")
    }
}
