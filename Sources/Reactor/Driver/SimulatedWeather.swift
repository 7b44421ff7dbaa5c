// What a simulated network does to those who use it. Shares are of 1000 occasions.

package struct SimulatedWeather: Sendable {
    /// Nanoseconds a segment, an acknowledgement or a handshake is under way.
    package var latencyNS: ClosedRange<UInt64> = 20_000...200_000
    /// Bytes one direction of a connection takes before its reader has read any.
    package var pipeBytesMax = 256 * 1024
    /// Bytes of the longest segment; a send arrives in pieces of 1 to so many bytes.
    package var segmentBytesMax = 64 * 1024
    /// Receives that bring less than what waits.
    package var shortReads = 0
    /// Sends of which only a part is accepted although there is room.
    package var shortWrites = 0
    /// Waits that report their events in another order.
    package var shuffles = 0
    /// Waits that report, besides, something that did not happen.
    package var spuriousEvents = 0
    /// Waits that keep part of their events for the next.
    package var lateEvents = 0
    /// Segments after which the connection is reset.
    package var resets = 0

    package init() {}

    package static let calm = SimulatedWeather()

    /// Everything that a kernel may do to an honest connection.
    package static var rough: SimulatedWeather {
        var weather = SimulatedWeather()
        weather.latencyNS = 1_000...3_000_000
        weather.pipeBytesMax = 8 * 1024
        weather.segmentBytesMax = 1500
        weather.shortReads = 300
        weather.shortWrites = 300
        weather.shuffles = 500
        weather.spuriousEvents = 100
        weather.lateEvents = 300
        return weather
    }

    /// Rough, and connections break.
    package static var stormy: SimulatedWeather {
        var weather = rough
        weather.resets = 10
        return weather
    }
}
