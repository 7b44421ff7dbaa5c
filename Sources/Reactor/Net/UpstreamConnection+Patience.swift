// How long a service waits for an endpoint.

extension UpstreamConnection {
    /// How long each phase of an attempt may take, in milliseconds.
    package struct Patience: Sendable {
        package var connectMS: Int
        package var firstByteMS: Int
        package var betweenBytesMS: Int
        package init(connectMS: Int, firstByteMS: Int, betweenBytesMS: Int) {
            self.connectMS = connectMS
            self.firstByteMS = firstByteMS
            self.betweenBytesMS = betweenBytesMS
        }
    }
}
