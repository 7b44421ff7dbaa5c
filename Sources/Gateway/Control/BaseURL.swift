// The address of a provider as an operator writes it, taken apart.

internal import Wire

package struct BaseURL: Sendable, Equatable {
    package let isSecure: Bool
    /// A name in lower case, or an address without brackets.
    package let host: String
    package let port: UInt16
    /// Empty, or beginning with `/` and not ending with it. `/v1` and `/v2` at its end are dropped: the paths we ask for
    /// begin with it.
    package let path: String
    /// The value of Azure's `?api-version=`; empty where there is none.
    package let apiVersion: String

    /// Why an address cannot be taken; the text is for the operator.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init(_ text: String) throws(Fault) {
        func refuse(_ reason: String) -> Fault { Fault(description: reason) }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refuse("must be plain ASCII without blanks")
        }
        let lower = text.lowercased()
        let schemeLength: Int
        if lower.hasPrefix("https://") {
            (isSecure, schemeLength) = (true, 8)
        } else if lower.hasPrefix("http://") {
            (isSecure, schemeLength) = (false, 7)
        } else {
            throw refuse("must begin with http:// or https://")
        }
        let whole = text.dropFirst(schemeLength)
        let rest = whole[..<(whole.firstIndex(of: "?") ?? whole.endIndex)]
        guard let apiVersion = BaseURL.apiVersion(of: whole.dropFirst(rest.count)), !rest.contains("#") else {
            throw refuse("must have no query and no fragment")
        }
        self.apiVersion = apiVersion
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !authority.contains("@") else { throw refuse("must have no user name or password in it") }

        let portText: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw refuse("has an open bracket") }
            host = authority[authority.index(after: authority.startIndex)..<bracket].lowercased()
            let behind = authority[authority.index(after: bracket)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { throw refuse("has text behind its address") }
            portText = behind.isEmpty ? nil : behind.dropFirst()
            guard let octets = BaseURL.octets6(host) else { throw refuse("is no IPv6 address") }
            if AddressPolicy.refuses(octets) { throw refuse("is a link-local or metadata address") }
        } else {
            let colon = authority.lastIndex(of: ":")
            host = authority[..<(colon ?? authority.endIndex)].lowercased()
            portText = colon.map { authority[authority.index(after: $0)...] }
            guard BaseURL.isHostName(host) else { throw refuse("has no valid host") }
            if let octets = BaseURL.octets4(host) {
                if AddressPolicy.refuses(octets) { throw refuse("is a link-local or metadata address") }
            } else if BaseURL.looksLikeNumber(host) {
                // inet_aton(3) reads 0xA9FEA9FE, 2852039166 and 0251.254.43518 as addresses.
                throw refuse("has an address that is not four decimal numbers")
            }
            if AddressPolicy.refuses(name: host) { throw refuse("is a metadata service") }
        }
        if let portText {
            guard let number = UInt16(portText), number > 0, portText.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else {
                throw refuse("has no valid port")
            }
            port = number
        } else {
            port = isSecure ? 443 : 80
        }
        path = BaseURL.normalized(rest[slash...])
    }

    /// What stands in the Host header: the port only where it is not the scheme's own.
    package var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The whole address in one spelling.
    package var text: String {
        let query = apiVersion.isEmpty ? "" : "?api-version=\(apiVersion)"
        return "\(isSecure ? "https" : "http")://\(hostHeader)\(path)\(query)"
    }

    /// The value of the only query that an address may have; empty for none, `nil` for any other.
    private static func apiVersion(of query: Substring) -> String? {
        if query.isEmpty { return "" }
        let name = "?api-version="
        let value = query.dropFirst(name.utf8.count)
        let isPlain = value.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E }
        return query.hasPrefix(name) && !value.isEmpty && value.utf8.count <= 32 && isPlain ? String(value) : nil
    }

    /// As the original: slashes, then `/v1`, then `/v2`, then slashes again.
    private static func normalized(_ path: Substring) -> String {
        func trimmed(_ path: Substring) -> Substring {
            var path = path
            while path.hasSuffix("/") { path = path.dropLast() }
            return path
        }
        var path = trimmed(path)
        for version in ["/v1", "/v2"] where path.hasSuffix(version) { path = trimmed(path.dropLast(version.count)) }
        return String(path)
    }

    private static func isHostName(_ host: String) -> Bool {
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        return host.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        } && !host.hasPrefix(".") && !host.contains("..")
    }

    /// The last label decides: a top-level domain is never a number.
    private static func looksLikeNumber(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        guard let label = name.split(separator: ".").last else { return true }
        if label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.hasPrefix("0x") && label.dropFirst(2).allSatisfy { $0.isHexDigit }
    }

    private static func octets4(_ host: String) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            // A leading zero means octal to some readers.
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let octet = UInt8(part),
                part.utf8.count == 1 || part.utf8.first != 0x30
            else { return nil }
            octets.append(octet)
        }
        return octets
    }

    /// RFC 4291 section 2.2, without zones.
    private static func octets6(_ host: String) -> [UInt8]? {
        let halves = host.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        func groups(_ text: Substring) -> [UInt8]? {
            guard !text.isEmpty else { return [] }
            var octets: [UInt8] = []
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1, part.contains(".") {
                    guard let tail = octets4(String(part)) else { return nil }
                    octets += tail
                } else {
                    guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit),
                        let group = UInt16(part, radix: 16)
                    else { return nil }
                    octets += [UInt8(group >> 8), UInt8(group & 0xFF)]
                }
            }
            return octets
        }
        guard let front = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return front.count == 16 ? front : nil }
        guard let back = groups(halves[1]), front.count + back.count <= 14 else { return nil }
        return front + [UInt8](repeating: 0, count: 16 - front.count - back.count) + back
    }
}
