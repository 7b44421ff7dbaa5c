// One JSON line per exchange, put together byte by byte and handed over in batches.

internal import Adapters
internal import Wire

final class AccessLog {
    let isOn: Bool
    private var lines = ByteBuffer()
    /// The beginning of a line, up to `second` with its dot, written once a second.
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
        begin(at: wallClock)
        lines.append("Z\",\"level\":\"info\",\"msg\":\"refused\",\"request_id\":\"")
        lines.append(id.bytes)
        lines.append("\",\"status\":")
        lines.append(decimal: status)
        lines.append(",\"error\":\"")
        lines.append(code)
        lines.append("\"}\n")
    }

    /// An exchange that is over.
    func write(_ exchange: Exchange) {
        guard isOn else { return }
        let id = exchange.record.requestID
        begin(at: exchange.record.startedAt)
        lines.append("Z\",\"level\":\"info\",\"msg\":\"request\",\"request_id\":\"")
        lines.append(id.bytes)
        lines.append("\",\"operation\":\"")
        lines.append(exchange.record.operation.path)
        lines.append("\",\"status\":")
        lines.append(decimal: Int(exchange.record.status))
        if exchange.record.model >= 0 {
            lines.append(exchange.snapshot.names[Int(exchange.record.model)].logMembers)
        }
        if exchange.record.key >= 0 { lines.append(exchange.snapshot.keys[Int(exchange.record.key)].logMember) }
        lines.append(",\"duration_us\":")
        lines.append(decimal: Int(exchange.record.durationNS / 1000))
        lines.append(",\"first_token_us\":")
        lines.append(decimal: Int(exchange.record.firstTokenNS / 1000))
        lines.append(",\"overhead_us\":")
        lines.append(decimal: Int(exchange.record.overheadNS / 1000))
        lines.append(",\"attempts\":")
        lines.append(decimal: Int(exchange.record.attemptCount))
        if exchange.record.hedgeCount > 0 {
            lines.append(",\"hedges\":")
            lines.append(decimal: Int(exchange.record.hedgeCount))
            lines.append(",\"lost_nano_usd\":")
            lines.append(decimal: Int(exchange.record.lostNanoUSD))
        }
        lines.append(",\"input_tokens\":")
        lines.append(decimal: Int(exchange.record.usage.inputTokens))
        lines.append(",\"output_tokens\":")
        lines.append(decimal: Int(exchange.record.usage.outputTokens))
        lines.append(",\"cost_nano_usd\":")
        if let cost = exchange.record.costNanoUSD { lines.append(decimal: Int(cost)) } else { lines.append("null") }
        lines.append(",\"bytes\":")
        lines.append(decimal: Int(exchange.record.answerBytes))
        if exchange.record.isStream {
            lines.append(",\"events\":")
            lines.append(decimal: Int(exchange.record.eventCount))
        }
        if exchange.record.errorLabel.utf8CodeUnitCount > 0 {
            lines.append(",\"error\":\"")
            lines.append(exchange.record.errorLabel)
            lines.append("\"")
        }
        if exchange.record.isReplay { lines.append(",\"replay\":true") }
        if exchange.record.clientLeft { lines.append(",\"client_left\":true") }
        lines.append("}\n")
    }

    /// Begins a line, up to the last digit of its time.
    private func begin(at nanoseconds: UInt64) {
        let now = nanoseconds / 1_000_000_000
        if now != second {
            second = now
            stamp.removeAll()
            stamp.append("{\"ts\":\"")
            CalendarTime(secondsSince1970: Int64(now)).write(into: &stamp)
            stamp.append(".")
        }
        lines.append(stamp.bytes)
        lines.append(decimal: Int(nanoseconds / 1_000_000 % 1000), width: 3)
    }
}
