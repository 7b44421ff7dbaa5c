// Every bound of the reactor, with its unit and its reason.

package enum Limits {
    /// Bytes one receive can take: large enough that a burst of 300 SSE events arrives in one call, small enough for L2.
    static let scratchBytes = 64 * 1024
    /// Bytes kept free in front of received bytes, so that a response head or a chunk-size line is put there and one send takes all.
    static let headroomBytes = 8 * 1024
    /// Bytes kept free behind received bytes, for the CRLF that closes a chunk and the last chunk.
    static let tailroomBytes = 64
    /// Events taken from the kernel in one wait; more only lengthens the time until deadlines are looked at.
    static let eventsPerWait = 256
    /// Receives served for one connection in one tick, so that one fast peer cannot starve the others.
    static let receivesPerTick = 8
    /// Submissions collected between two waits under io_uring (count of entries); a fuller ring is handed over earlier.
    static let submissionsMax: UInt32 = 512
    /// Completions the kernel can put down before it has to keep them itself (count of events): sixteen waits' worth.
    static let completionsMax: UInt32 = 4_096
    /// Bytes of one receive buffer under io_uring: a small request or a dozen SSE events fit.
    static let ringBufferBytes = 4_096
    /// Receive buffers of one core under io_uring (count, a power of two): 1 MiB, held only within a tick.
    static let ringBufferCount = 256
    /// Bytes received for a connection that nobody takes, above which io_uring stops receiving for it: one scratch.
    static let ringSocketBytesMax = scratchBytes
    /// Bytes queued for one connection under io_uring above which its owner has to wait: two scratches keep the pipe busy.
    static let ringSendBytesMax = 2 * scratchBytes
    /// Connections accepted under io_uring that nobody takes (count), above which the rest wait in the kernel.
    static let acceptedMax = 256
    /// Connections accepted at one listener in one tick, so that a flood of them does not stop running streams.
    static let acceptsPerTick = 64
    /// Bytes of request body a client may send; the original's cap (10 MiB).
    package static let bodyBytesMax = 10 << 20
    /// Bytes of a request body that is handed on as it comes: audio and images; the largest file a provider takes.
    static let streamedBodyBytesMax = 512 << 20
    /// Milliseconds a client may send nothing of such a body. Its whole may take as long as it needs.
    static let streamedBodyTimeoutMS = 60_000
    /// Bytes of such a body that are here at once, taken from the core's allowance for bodies: its front, and what waits for its
    /// endpoint until the client is not read any more.
    static let streamedBodyReserveBytes = outboxBytesHigh + 2 * scratchBytes
    /// Bytes of request bodies one core holds at once: 32 bodies of the largest size.
    static let bodyBytesTotalMax = 32 * bodyBytesMax
    /// Bytes by which a chunked body takes from that allowance: most bodies are smaller than one step.
    static let bodyReserveBytes = 256 * 1024
    /// Bytes queued for a client above which its upstream is no longer read: four scratches of a slow reader.
    static let outboxBytesHigh = 256 * 1024
    /// Bytes queued for a client below which its upstream is read again: half a scratch keeps the pipe busy.
    static let outboxBytesLow = 32 * 1024
    /// Bytes of one SSE event or of a whole answer that may be held back before they are passed on or refused (16 MiB).
    package static let heldBytesMax = 16 << 20
    /// Connections one core serves; twice as many descriptors fit under the usual limit of 65,536 with room for the rest.
    package static let clientsPerCoreMax = 24_000
    /// Connections to one endpoint from one core: above any provider's own limit, below what a listen queue refuses.
    package static let upstreamsPerEndpointMax = 4_096
    /// Connections waiting in the kernel to be accepted; Linux caps it at net.core.somaxconn (4096).
    static let listenBacklog: Int32 = 4_096
    /// Milliseconds a client may take for a request head: the original's 10 s, short enough to shed slow senders.
    static let headTimeoutMS = 10_000
    /// Milliseconds a client may take for a request body: the original's 60 s for a whole request.
    static let bodyTimeoutMS = 60_000
    /// Milliseconds an idle keep-alive connection of a client is kept: the original's 120 s.
    static let idleTimeoutMS = 120_000
    /// Milliseconds in which a client must take at least one byte of what is queued for it.
    static let writeTimeoutMS = 60_000
    /// Milliseconds an idle upstream connection is kept: below the 60 s after which load balancers drop it silently.
    static let upstreamIdleTimeoutMS = 50_000
    /// Milliseconds a closing client may keep sending before it is cut off, so that our last words are not lost in a reset.
    static let lingerTimeoutMS = 2_000
    /// Seconds a resolved address is used before the name is looked up again; failures are kept for a tenth of it.
    static let addressTTLSeconds = 60
    /// Messages waiting in one mailbox: beyond it the sender is told no, which only the hand-over of connections can meet.
    static let mailboxMessagesMax = 65_536
    /// Bytes of free blocks a core keeps for reuse: a tick's worth of fresh ones, or a few that have grown. By bytes, since blocks
    /// keep what they grew to.
    static let freeBlockBytesMax = 1 << 19
    /// Bytes of a block above which it is freed instead of kept: one scratch.
    static let keptBlockBytesMax = 64 * 1024
    /// Milliseconds the accept queue rests after the process ran out of descriptors.
    static let acceptPauseMS = 100
    /// Exchanges by which a core must exceed the least loaded one before it hands over a fresh connection (count).
    static let handOverSlack = 4
}
