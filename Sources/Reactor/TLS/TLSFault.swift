// Why a TLS session or context could not be made or continued.

import COpenSSL

/// One failure of TLS. Trivial to copy, so that the hot path pays nothing for carrying it; the text is made when asked for.
package struct TLSFault: Error, Equatable, Sendable {
    /// A case stands here when somebody decides differently on it, or when an operator has to do something else about it.
    package enum Kind: UInt8, Sendable {
        // The peer's certificate.
        case hostMismatch, expired, notYetValid, unknownIssuer, selfSigned, certificateRefused
        // The handshake.
        case notTLS, versionRefused, noCommonCipher, noCommonProtocol, handshakeFailed
        // The session.
        case peerAlert, malformedRecord, truncated, notEstablished, sessionOver
        // Us.
        case unreadableFile, unreadableCertificate, unreadableKey, keyMismatch, unusableHost, configuration, outOfMemory
    }

    package enum Party: UInt8, Sendable { case peer, us }

    package let kind: Kind
    /// OpenSSL's packed error; the X.509 verification result for the kinds that speak of the peer's certificate; errno for
    /// `unreadableFile`; else 0.
    let code: UInt

    package init(_ kind: Kind, code: UInt = 0) {
        self.kind = kind
        self.code = code
    }

    /// Whose fault it is. A `peerAlert` counts as the peer's: it ended the session, although our certificate may be why.
    package var party: Party {
        switch kind {
        case .unreadableFile, .unreadableCertificate, .unreadableKey, .keyMismatch, .unusableHost, .configuration,
            .outOfMemory, .notEstablished, .sessionOver:
            .us
        case .hostMismatch, .expired, .notYetValid, .unknownIssuer, .selfSigned, .certificateRefused, .notTLS,
            .versionRefused, .noCommonCipher, .noCommonProtocol, .handshakeFailed, .peerAlert, .malformedRecord,
            .truncated:
            .peer
        }
    }

    /// Whether the peer showed a certificate that we do not accept.
    package var isCertificateFault: Bool { kind.rawValue <= Kind.certificateRefused.rawValue }

    /// The TLS alert the peer sent (RFC 8446 section 6), 0...255; `nil` for every other fault.
    package var alert: Int? { kind == .peerAlert ? Int(code & 0x7F_FFFF) - TLSFault.alertReasonBase : nil }

    /// OpenSSL reports alert N of the peer as reason 1000 + N (SSL_AD_REASON_OFFSET).
    static let alertReasonBase = 1000
}

extension TLSFault: CustomStringConvertible {
    /// What happened, for logs and error bodies; never data of the peer.
    package var text: String {
        switch kind {
        case .hostMismatch: "the certificate is not valid for this host name"
        case .expired: "the certificate has expired"
        case .notYetValid: "the certificate is not valid yet"
        case .unknownIssuer: "the certificate was issued by an authority that is not trusted here"
        case .selfSigned: "the certificate is self-signed and not trusted here"
        case .certificateRefused: "certificate refused: \(OpenSSLErrors.verificationText(code))"
        case .notTLS: "the peer does not speak TLS on this port"
        case .versionRefused: "no common TLS version (1.2 or newer is needed)"
        case .noCommonCipher: "no common cipher suite"
        case .noCommonProtocol: "no common application protocol (http/1.1 is needed)"
        case .handshakeFailed: "handshake failed: \(OpenSSLErrors.reasonText(code))"
        case .peerAlert: "the peer ended the session: \(OpenSSLErrors.reasonText(code))"
        case .malformedRecord: "malformed or forged record: \(OpenSSLErrors.reasonText(code))"
        case .truncated: "the peer closed the connection without close_notify"
        case .notEstablished: "the handshake is not over"
        case .sessionOver: "the session is over"
        case .unreadableFile: "cannot read the file: errno \(code)"
        case .unreadableCertificate: "no usable PEM certificate: \(OpenSSLErrors.reasonText(code))"
        case .unreadableKey: "no usable unencrypted PEM private key: \(OpenSSLErrors.reasonText(code))"
        case .keyMismatch: "the private key does not belong to the certificate"
        case .unusableHost: "not a host name or an IP address"
        case .configuration: "TLS configuration: \(OpenSSLErrors.reasonText(code))"
        case .outOfMemory: "out of memory"
        }
    }

    package var description: String { text }
}
