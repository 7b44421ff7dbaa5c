// Metrics as text: Prometheus 0.0.4, or OpenMetrics 1.0 for who asks for it.

internal import Wire

struct MetricsText: ~Copyable {
    enum Format {
        case prometheus, openMetrics

        /// - Parameter accept: the Accept field as the client sent it.
        init(accept: String?) {
            self = accept?.contains("application/openmetrics-text") ?? false ? .openMetrics : .prometheus
        }

        var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    enum Kind: String { case counter, gauge, histogram }

    typealias Label = (name: StaticString, value: String)

    private let format: Format
    private var out = ByteBuffer()
    /// The family being written.
    private var name: StaticString = ""
    private var kind = Kind.gauge

    init(_ format: Format) { self.format = format }

    /// Begins a family; its samples follow.
    /// - Parameter name: with the suffix `_total` if it is a counter.
    mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        (self.name, self.kind) = (name, kind)
        for word in ["# HELP ", "# TYPE "] as [StaticString] {
            out.append(word)
            writeFamilyName()
            out.append(" ")
            if word.description == "# HELP " { out.append(help) } else { out.append(kind.rawValue) }
            out.append("\n")
        }
    }

    /// OpenMetrics names a counter's family without the suffix of its samples.
    private mutating func writeFamilyName() {
        let text = name.description
        out.append(format == .openMetrics && kind == .counter ? String(text.dropLast("_total".utf8.count)) : text)
    }

    mutating func sample(_ labels: [Label], _ value: Int64) {
        begin("", labels, bound: nil)
        out.append(decimal: Int(value))
        out.append("\n")
    }

    mutating func sample(_ value: Int) { sample([], Int64(value)) }

    /// Nano-dollars as dollars, exactly.
    mutating func sample(_ labels: [Label], nanoUSD: Int64) {
        begin("", labels, bound: nil)
        NanoDollars.write(nanoUSD, into: &out)
        out.append("\n")
    }

    /// - Parameter unitNS: nanoseconds in the unit of the family's name.
    mutating func histogram(
        _ labels: [Label], _ histogram: borrowing MetricHistogram, _ scale: MetricHistogram.Scale, unitNS: Double
    ) {
        var sum: Int64 = 0
        for place in 0..<18 {
            sum += histogram.counts[place]
            begin("_bucket", labels, bound: Double(scale.boundsNS[place]) / unitNS)
            out.append(decimal: Int(sum))
            out.append("\n")
        }
        sum += histogram.counts[18]
        begin("_bucket", labels, bound: .infinity)
        out.append(decimal: Int(sum))
        out.append("\n")
        begin("_sum", labels, bound: nil)
        write(Double(histogram.sumNS) / unitNS)
        out.append("\n")
        begin("_count", labels, bound: nil)
        out.append(decimal: Int(sum))
        out.append("\n")
    }

    private mutating func begin(_ suffix: StaticString, _ labels: [Label], bound: Double?) {
        out.append(name)
        out.append(suffix)
        var separator: StaticString = "{"
        for label in labels {
            out.append(separator)
            out.append(label.name)
            out.append("=\"")
            escape(label.value)
            out.append("\"")
            separator = ","
        }
        if let bound {
            out.append(separator)
            out.append("le=\"")
            if bound == .infinity { out.append("+Inf") } else { write(bound) }
            out.append("\"")
        }
        out.append(labels.isEmpty && bound == nil ? " " : "} ")
    }

    private mutating func write(_ value: Double) {
        let whole = value.rounded(.towardZero)
        if whole == value, abs(value) < 1e15 {
            out.append(decimal: Int(value))
            // OpenMetrics wants bounds written as floats.
            if format == .openMetrics { out.append(".0") }
        } else {
            out.append("\(value)")
        }
    }

    /// Backslash, quotation mark and line feed; nothing else is special. Source: Prometheus exposition formats.
    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case 0x5C: out.append("\\\\")
            case 0x22: out.append("\\\"")
            case 0x0A: out.append("\\n")
            default: out.append(byte)
            }
        }
    }

    consuming func take() -> [UInt8] {
        if format == .openMetrics { out.append("# EOF\n") }
        return Array(copying: out.bytes)
    }
}
