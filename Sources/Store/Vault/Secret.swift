// Bytes that must not be seen: a provider's key, the vault's key.

import COpenSSL
import Glibc

// Fence: one malloc'd block, written only before it can be shared and overwritten when the last reference goes. Its address
// is kept as a number, because a class with an immutable number may be Sendable and one with a pointer may not.
@safe package final class Secret: Sendable {
    private let address: UInt
    package let count: Int

    /// Keeps a copy. The caller's bytes are the caller's to forget.
    package init(_ bytes: Span<UInt8>) {
        count = bytes.count
        guard let block = unsafe malloc(max(1, bytes.count)) else { fatalError("out of memory for a secret") }
        // SAFETY: the block has room for all of the bytes and nobody else knows it yet.
        unsafe bytes.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { unsafe memcpy(block, first, source.count) }
        }
        address = UInt(bitPattern: block)
    }

    package convenience init(_ bytes: [UInt8]) { self.init(bytes.span) }

    deinit {
        // SAFETY: no reference is left. OPENSSL_cleanse cannot be optimised away as a dead store.
        unsafe OPENSSL_cleanse(UnsafeMutableRawPointer(bitPattern: address), count)
        unsafe free(UnsafeMutableRawPointer(bitPattern: address))
    }

    package var isEmpty: Bool { count == 0 }

    /// The bytes, for as long as the secret is held.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self) get {
            // SAFETY: the block holds `count` initialised bytes until deinit, and the span borrows self.
            let first = unsafe UnsafeRawPointer(bitPattern: address)!.assumingMemoryBound(to: UInt8.self)
            return unsafe _overrideLifetime(Span(_unsafeStart: first, count: count), borrowing: self)
        }
    }

    /// A block of its own with the same bytes, so that no reference count is shared between cores.
    package func copy() -> Secret { Secret(bytes) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
