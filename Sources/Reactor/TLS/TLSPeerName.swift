// The name or address a client expects the server's certificate to be for.

import COpenSSL
import Glibc

// Fence: passes C strings to OpenSSL, which copies them.
@safe struct TLSPeerName {
    /// As it is verified: a name without its final dot, or an address without brackets.
    let text: String
    let isAddress: Bool

    /// - Throws: a fault of kind `unusableHost` for what is neither, e.g. empty, too long or with other characters.
    init(_ host: String) throws(TLSFault) {
        var name = Substring(host)
        let isBracketed = name.first == "[" && name.last == "]"
        if isBracketed { name = name.dropFirst().dropLast() }
        var buffer = InlineArray<16, UInt8>(repeating: 0)
        var span = buffer.mutableSpan
        let candidate = String(name)
        // SAFETY: 16 bytes are room for an address of either family.
        isAddress = unsafe span.withUnsafeMutableBufferPointer {
            unsafe inet_pton(AF_INET, candidate, $0.baseAddress) == 1
                || inet_pton(AF_INET6, candidate, $0.baseAddress) == 1
        }
        if !isAddress {
            if name.last == "." { name = name.dropLast() }
            // What a DNS name may hold; above all no NUL, at which C would end the name.
            let isName =
                !isBracketed && (1...253).contains(name.utf8.count) && name.utf8.first != 0x2E
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                    default: false
                    }
                }
            guard isName else { throw TLSFault(.unusableHost) }
        }
        text = String(name)
    }

    /// Has `ssl` verify the certificate against this name, and ask for it by SNI (RFC 6066: names only, never addresses).
    func require(of ssl: OpaquePointer) -> Bool {
        let parameters = unsafe SSL_get0_param(ssl)
        if isAddress { return unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, text) == 1 }
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        return unsafe X509_VERIFY_PARAM_set1_host(parameters, text, text.utf8.count) == 1
            && tokenhub_ssl_set_server_name(ssl, text) == 1
    }
}
