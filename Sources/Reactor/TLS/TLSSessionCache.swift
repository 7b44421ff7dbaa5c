// The latest resumable session of each endpoint.

import COpenSSL

// Fence: SSL_SESSION references, each held once here and freed when replaced, removed or at the end.
@safe struct TLSSessionCache: ~Copyable {
    @safe private struct Entry {
        let session: OpaquePointer
        let order: UInt64
    }

    private var entries: [String: Entry] = [:]
    private var insertions: UInt64 = 0

    deinit { for entry in entries.values { unsafe SSL_SESSION_free(entry.session) } }

    var count: Int { entries.count }

    /// Takes ownership of `session`. When full, the endpoint that was heard of the longest time ago is dropped.
    mutating func insert(_ session: OpaquePointer, for endpoint: String) {
        remove(endpoint)
        // Linear, but only when more endpoints are in use than remembered, and then once per handshake.
        if entries.count >= TLSLimits.rememberedEndpointsMax,
            let oldest = entries.min(by: { $0.value.order < $1.value.order })
        {
            remove(oldest.key)
        }
        insertions += 1
        entries[endpoint] = unsafe Entry(session: session, order: insertions)
    }

    mutating func remove(_ endpoint: String) {
        if let entry = entries.removeValue(forKey: endpoint) { unsafe SSL_SESSION_free(entry.session) }
    }

    /// Has `ssl` propose the endpoint's session, if there is one that may still be resumed.
    mutating func offer(_ endpoint: String, to ssl: OpaquePointer) {
        guard let entry = entries[endpoint] else { return }
        if unsafe SSL_SESSION_is_resumable(entry.session) == 1 {
            // SSL_set_session takes a reference of its own.
            unsafe SSL_set_session(ssl, entry.session)
        } else {
            remove(endpoint)
        }
    }
}
