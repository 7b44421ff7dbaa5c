// Browsers that have shown the admin token and hold a cookie instead.

import Store

struct AdminSessions {
    private struct Session {
        let name: String
        let endsAt: Timestamp
    }

    /// By SHA-256 of the cookie's value, so that the value itself is kept nowhere.
    private var sessions: [[UInt8]: Session] = [:]

    /// Returns the cookie's value: 64 hexadecimal digits that say nothing about the token.
    mutating func open(now: Timestamp) -> String {
        dropEnded(now: now)
        if sessions.count >= ControlLimits.sessionsMax,
            let oldest = sessions.min(by: { $0.value.endsAt < $1.value.endsAt })
        {
            sessions[oldest.key] = nil
        }
        let value = Hex.encode(Entropy.bytes(32))
        let digest = Digest.sha256(Array(value.utf8))
        sessions[digest] = Session(
            name: Hex.encode(Array(digest.prefix(4))), endsAt: now.advanced(byMS: ControlLimits.sessionMS))
        return value
    }

    /// A short name for the audit log; `nil` when there is no such session or it has ended.
    func name(of value: String, now: Timestamp) -> String? {
        guard let session = sessions[Digest.sha256(Array(value.utf8))], session.endsAt > now else { return nil }
        return session.name
    }

    /// Returns whether there was one.
    mutating func close(_ value: String) -> Bool {
        sessions.removeValue(forKey: Digest.sha256(Array(value.utf8))) != nil
    }

    mutating func closeAll() { sessions.removeAll() }

    mutating func dropEnded(now: Timestamp) { sessions = sessions.filter { $0.value.endsAt > now } }
}
