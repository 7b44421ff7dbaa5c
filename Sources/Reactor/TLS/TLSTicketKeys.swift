// The keys that session tickets are sealed with.

/// Made by one thread and handed to every core, so that a session that began on one core resumes on another. Rotated from
/// outside (`TLSContext.replaceTicketKeys`): tickets of the previous keys are still honoured, and then renewed.
package struct TLSTicketKeys: Sendable {
    /// 16 bytes of name, 32 of AES-256 key, 32 of HMAC-SHA-256 key.
    package typealias Key = InlineArray<80, UInt8>

    let current: Key
    let previous: Key

    /// Fresh keys that honour no earlier ticket.
    package init(random: inout RandomBytes) {
        current = random.block()
        // A random name that no ticket carries stands for "no previous key".
        previous = random.block()
    }

    /// Keys agreed upon elsewhere, e.g. by several machines behind one address.
    package init(current: Key, previous: Key) {
        self.current = current
        self.previous = previous
    }

    /// What follows these keys: a fresh one to seal with, and the present one to open older tickets.
    package func rotated(random: inout RandomBytes) -> TLSTicketKeys {
        TLSTicketKeys(current: random.block(), previous: current)
    }
}

extension TLSTicketKeys: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
