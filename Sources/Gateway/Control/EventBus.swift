// What happens, on its way to those who listen at `GET /admin/v1/events`. Lives on the control thread; without a listener nothing is
// written down at all.

package final class EventBus {
    /// Listeners (count) of each core.
    private var listeners: [Int: Int] = [:]
    private var queue: [[UInt8]] = []
    /// Events that did not fit, once for every listener who has missed them.
    package private(set) var droppedCount = 0

    package init() {}

    package var listenerCount: Int { listeners.values.reduce(0, +) }
    package var isFull: Bool { listenerCount >= ControlLimits.eventListenersMax }

    /// A client of this core listens from now on, until `leave`.
    package func join(core: Int) { listeners[core, default: 0] += 1 }

    package func leave(core: Int) {
        guard let count = listeners[core], count > 0 else { preconditionFailure("nobody listens on core \(core)") }
        listeners[core] = count > 1 ? count - 1 : nil
    }

    /// Tells all who listen; beyond the bound an event is dropped and counted.
    package func publish(_ event: @autoclosure () -> Event) {
        if listeners.isEmpty { return }
        if queue.count >= ControlLimits.eventsQueuedMax {
            droppedCount += listenerCount
        } else {
            queue.append(event().text())
        }
    }

    /// What has happened since the last call, and the cores whose clients want to know.
    package func take() -> (events: [[UInt8]], cores: [Int])? {
        if queue.isEmpty { return nil }
        defer { queue = [] }
        return (queue, listeners.keys.sorted())
    }

    /// The first event of every stream.
    static let greeting = Array("event: connected\ndata: {\"status\":\"ok\"}\n\n".utf8)
}
