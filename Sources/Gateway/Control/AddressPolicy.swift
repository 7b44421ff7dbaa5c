// Addresses that no provider may have.

package import Reactor

/// Link-local addresses hold the metadata services of clouds, which hand credentials to whoever asks from this machine.
/// Loopback and private networks stay allowed: that is where people run their own models.
package enum AddressPolicy {
    /// For the resolver: a name that has such an address is no way around the rules for literals.
    package static func admits(_ address: SocketAddress) -> Bool { !refuses(address.octets) }

    /// Whether a resolved address must not be connected to. For the name's answer as well as for a literal.
    /// - Parameter octets: 4 or 16, in network order; any other count is refused.
    package static func refuses(_ octets: [UInt8]) -> Bool {
        if octets.count == 4 {
            // 0.0.0.0/8 reaches this machine under a name that no rule for it knows; 224/4 and 240/4 are no unicast.
            return octets[0] == 0 || octets[0] >= 224 || (octets[0] == 169 && octets[1] == 254)
                // The metadata services of Alibaba and Oracle's classic cloud.
                || octets == [100, 100, 100, 200] || octets == [192, 0, 0, 192]
        }
        guard octets.count == 16 else { return true }
        if octets[..<10].allSatisfy({ $0 == 0 }) && octets[10] == 0xFF && octets[11] == 0xFF {
            return refuses(Array(octets[12...]))
        }
        // ::/96 is deprecated and would smuggle an IPv4 address past the rules above; ::1 is loopback.
        if octets[..<12].allSatisfy({ $0 == 0 }) { return octets[12...] != [0, 0, 0, 1] }
        // NAT64 carries an IPv4 address as well.
        if octets[..<12] == [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] { return refuses(Array(octets[12...])) }
        let isLinkLocal = octets[0] == 0xFE && octets[1] & 0xC0 == 0x80
        let isAmazonMetadata = octets == [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
        return isLinkLocal || isAmazonMetadata || octets[0] == 0xFF
    }

    /// Whether a name is a metadata service's.
    static func refuses(name: String) -> Bool {
        let name = name.hasSuffix(".") ? String(name.dropLast()) : name
        return name == "metadata" || name == "metadata.google.internal" || name == "metadata.goog"
            || name == "instance-data" || name.hasSuffix(".metadata.google.internal")
            || name.hasSuffix(".instance-data.ec2.internal") || name == "instance-data.ec2.internal"
    }
}
