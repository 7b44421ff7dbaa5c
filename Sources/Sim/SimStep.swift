// What the server of a script does next.

/// One step of a scripted answer. Whoever serves it performs the step and asks for the next one.
package enum SimStep: Equatable, Sendable {
    /// Bytes were appended to the buffer: send them now.
    case bytes
    /// Do nothing for this long, then ask again.
    case wait(nanoseconds: Int64)
    /// Never send anything again, and keep the connection open until the peer leaves.
    case stall
    /// Abort the connection (RST), dropping what is not yet sent only if the kernel does.
    case reset
    /// Close the connection in order (FIN) once everything is sent.
    case close
    /// The answer is complete and the connection may carry the next request.
    case finished
}
