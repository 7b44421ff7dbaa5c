// The version, as answers, metrics and the banner give it.

enum Version {
    static let text = "0.1.0"
}
