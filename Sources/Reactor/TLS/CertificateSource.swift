// A certificate chain with its private key, as text.

import Glibc

/// PEM bytes, read from files once (off the loops) and sent to every core, which builds its own context from them.
package struct CertificateSource: Sendable {
    package let chain: [UInt8]
    package let key: [UInt8]

    /// - Parameter chain: PEM, the leaf first, then the intermediates in order; the root may be left out.
    /// - Parameter key: PEM, not encrypted.
    package init(chain: [UInt8], key: [UInt8]) {
        self.chain = chain
        self.key = key
    }

    /// Reads both files. Blocks: not to be called on a loop.
    /// - Throws: `TLSFault` of kind `unreadableFile`; whether the content fits is told when a context is built.
    package init(chainFile: String, keyFile: String) throws(TLSFault) {
        self.init(chain: try PEMFile.read(chainFile), key: try PEMFile.read(keyFile))
    }
}

extension CertificateSource: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
