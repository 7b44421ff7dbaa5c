// The TLS session of a connection that has one.

internal import Wire

/// An object of its own, so that all other connections hold one word for it.
final class TLSLayer {
    var session: TLSSession

    init(accepting context: TLSContext) throws(TLSFault) { session = try TLSSession(accepting: context) }

    init(connecting context: TLSContext, _ endpoint: Endpoint, outbox: inout ByteBuffer) throws(TLSFault) {
        session = try TLSSession(connecting: context, host: endpoint.host, port: endpoint.port, outbox: &outbox)
    }
}
