// The simulated provider as a server: performs the steps of one script per request on a loop of its own.

package import Reactor
package import Wire

package final class SimServer: Service {
    /// One request being answered.
    private final class Serving {
        var script: SimScript
        /// Nanoseconds on the loop's clock at which the next step is due: gaps are counted from due to due, so that a stream
        /// does not drift.
        var due: UInt64
        var isWaiting = false
        var isBackedUp = false

        init(script: consuming SimScript, due: UInt64) {
            self.script = script
            self.due = due
        }
    }

    private let profile: SimProfile
    private var seed: UInt64
    private var servings: [Serving?] = []
    private var freeNumbers: [Int] = []
    /// Requests answered or begun, and clients that left in the middle.
    package private(set) var requestCount = 0
    package private(set) var abandonedCount = 0
    /// Which requests, by the seed they named, were left in the middle, and when: nanoseconds on the monotonic clock.
    private var departures: [(seed: UInt64, at: UInt64)] = []

    /// - Parameter seed: of the first request; every further one takes the next number.
    package init(profile: SimProfile, seed: UInt64) {
        self.profile = profile
        self.seed = seed
    }

    package func started(on loop: Loop) {}

    package func bodyExpected(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection
    ) -> Bool { true }

    package func requestArrived(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, body: ByteRange, from client: ClientConnection
    ) {
        if SimBytes.equal(bytes.extracting(head.path), "/sim/departures") { return tellDepartures(client) }
        requestCount += 1
        seed &+= 1
        let script = SimScript(
            method: head.method, path: bytes.extracting(head.path), head: bytes, fields: head.fields,
            body: bytes.extracting(body), profile: profile, seed: seed, closes: !client.willPersist)
        let serving = Serving(script: script, due: client.loop.now)
        if let number = freeNumbers.popLast() {
            client.tag = number
            servings[number] = serving
        } else {
            client.tag = servings.count
            servings.append(serving)
        }
        proceed(serving, client)
    }

    package func requestRefused(_ refusal: Refusal, request: Span<UInt8>, by client: ClientConnection) {
        client.send(Span.of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        client.answerEnded()
    }

    package func clientLeft(_ client: ClientConnection) {
        abandonedCount += 1
        if let seed = serving(of: client)?.script.directives.seed, departures.count < Limits.departuresMax {
            departures.append((seed, client.loop.clock))
        }
        release(client)
    }

    /// Answers with a line `SEED NANOSECONDS` for each departure, and forgets them.
    private func tellDepartures(_ client: ClientConnection) {
        var text = ByteBuffer()
        for (seed, at) in departures {
            text.append(decimal: Int(seed))
            text.append(" ")
            text.append(decimal: Int(at))
            text.append("\n")
        }
        departures.removeAll()
        var answer = ByteBuffer()
        answer.append("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ")
        answer.append(decimal: text.count)
        answer.append("\r\n\r\n")
        answer.append(text.bytes)
        client.send(answer.bytes)
        client.answerEnded()
    }

    package func clientDrained(_ client: ClientConnection) {
        guard let serving = serving(of: client), serving.isBackedUp else { return }
        serving.isBackedUp = false
        if !serving.isWaiting { proceed(serving, client) }
    }

    package func clientWoke(_ client: ClientConnection) {
        guard let serving = serving(of: client) else { return }
        serving.isWaiting = false
        if !serving.isBackedUp { proceed(serving, client) }
    }

    private func proceed(_ serving: Serving, _ client: ClientConnection) {
        let draft = client.loop.draft
        draft.bytes.removeAll()
        while true {
            switch serving.script.next(into: &draft.bytes) {
            case .bytes:
                if draft.bytes.count < Limits.batchBytesMax { continue }
                client.send(draft.bytes.bytes)
                draft.bytes.removeAll()
                if client.isBackedUp {
                    serving.isBackedUp = true
                    return
                }
            case .wait(let nanoseconds):
                flush(draft, client)
                serving.due = max(serving.due &+ UInt64(nanoseconds), client.loop.now)
                serving.isWaiting = true
                return client.wake(at: serving.due)
            case .stall: return flush(draft, client)
            case .reset:
                flush(draft, client)
                release(client)
                return client.abort()
            case .close:
                client.closeAfterAnswer()
                return finish(draft, client)
            case .finished: return finish(draft, client)
            }
        }
    }

    private func flush(_ draft: Block, _ client: ClientConnection) {
        if !draft.bytes.isEmpty { client.send(draft.bytes.bytes) }
        draft.bytes.removeAll()
    }

    private func finish(_ draft: Block, _ client: ClientConnection) {
        flush(draft, client)
        release(client)
        client.answerEnded()
    }

    private func serving(of client: ClientConnection) -> Serving? { client.tag >= 0 ? servings[client.tag] : nil }

    private func release(_ client: ClientConnection) {
        guard client.tag >= 0 else { return }
        servings[client.tag] = nil
        freeNumbers.append(client.tag)
        client.tag = -1
    }

    // A provider asks nobody.
    package func answerHead(
        _ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection
    ) {}
    package func answerBody(
        _ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection
    ) -> Int { bytes.count }
    package func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {}
    package func delivered(_ message: any Sendable) {}
    package func merge() {}
    package func drained() {}
}
