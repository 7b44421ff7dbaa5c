// What is written to the log.

package enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
    case debug, info, warn, error

    package init?(_ text: String) {
        switch text.lowercased() {
        case "debug": self = .debug
        case "info": self = .info
        case "warn", "warning": self = .warn
        case "error": self = .error
        default: return nil
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
