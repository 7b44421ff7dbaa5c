// The settings of a request until all of them are known.

import Wire

/// Values of settings: kept, for one bears upon another, and the last one told counts.
struct PromptSettings: ~Copyable {
    private var text = ByteBuffer()
    private var values = InlineArray<20, ByteRange>(repeating: .none)

    init() { precondition(PromptSetting.allCases.count <= values.count) }

    mutating func set(_ setting: PromptSetting, _ json: Span<UInt8>) {
        let start = text.count
        text.append(json)
        values[Int(setting.rawValue)] = ByteRange(start, text.count)
    }

    func has(_ setting: PromptSetting) -> Bool { !values[Int(setting.rawValue)].isEmpty }

    /// Whether the value is these bytes.
    func `is`(_ setting: PromptSetting, _ json: StaticString) -> Bool {
        ByteScan.equals(text.bytes, values[Int(setting.rawValue)].range, json)
    }

    /// The value as a whole number; `nil` for anything else.
    func int(_ setting: PromptSetting) -> Int? {
        has(setting) ? JSONScan.int(text.bytes, values[Int(setting.rawValue)]).map { Int($0) } : nil
    }

    func double(_ setting: PromptSetting) -> Double? {
        has(setting) ? JSONScan.double(text.bytes, values[Int(setting.rawValue)]) : nil
    }

    /// Bytes of the value.
    func count(_ setting: PromptSetting) -> Int { values[Int(setting.rawValue)].count }

    /// Appends the value.
    func write(_ setting: PromptSetting, into out: inout ByteBuffer) {
        out.append(text.bytes.extracting(values[Int(setting.rawValue)]))
    }

    /// Appends a member behind others; nothing when there is no value.
    func write(_ setting: PromptSetting, as name: StaticString, into out: inout ByteBuffer) {
        guard has(setting) else { return }
        out.append(",\"")
        out.append(name)
        out.append("\":")
        write(setting, into: &out)
    }
}
