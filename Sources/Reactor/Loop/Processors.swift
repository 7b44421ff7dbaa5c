// The processors this process may use, as taskset(1) or a container has left them.

internal import CLinux

package enum Processors {
    /// Their numbers, at least one.
    package static let allowed: [Int] = {
        var found: [Int] = []
        while true {
            let number = tokenhub_allowed_cpu(Int32(found.count))
            if number < 0 { return found.isEmpty ? [0] : found }
            found.append(Int(number))
        }
    }()
}
