// Certificates for tests, made in memory: an authority with a P-256 key and the leaves it issues.

import COpenSSL
import Reactor

// Fence: every OpenSSL object made here is freed with the value or at the end of the call that made it.
@safe final class TestAuthority {
    private let key: OpaquePointer
    private let certificate: OpaquePointer

    /// PEM, for `TLSVerification.only`.
    var pem: [UInt8] { unsafe TestAuthority.pem(certificate) }

    init(name: String = "Test Authority") {
        unsafe key = TestAuthority.makeKey()
        unsafe certificate = TestAuthority.make(
            subject: name, key: key, issuer: nil, issuerKey: key, fromDays: -2, toDays: 30, serial: 1,
            extensions: [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")])
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    /// A leaf for `names` ("DNS:a.example,IP:127.0.0.1"), valid from and to a number of days from now.
    func issue(_ names: String, fromDays: Int = -1, toDays: Int = 7, serial: Int = 2) -> CertificateSource {
        let leafKey = unsafe TestAuthority.makeKey()
        let leaf = unsafe TestAuthority.make(
            subject: "leaf", key: leafKey, issuer: certificate, issuerKey: key, fromDays: fromDays, toDays: toDays,
            serial: serial,
            extensions: [(NID_subject_alt_name, names), (NID_ext_key_usage, "serverAuth")])
        defer {
            unsafe X509_free(leaf)
            unsafe EVP_PKEY_free(leafKey)
        }
        return unsafe CertificateSource(chain: TestAuthority.pem(leaf), key: TestAuthority.pem(key: leafKey))
    }

    /// A leaf with its key as OpenSSL objects.
    @safe final class Pair {
        let certificate: OpaquePointer
        let key: OpaquePointer

        fileprivate init(_ certificate: OpaquePointer, _ key: OpaquePointer) {
            unsafe self.certificate = unsafe certificate
            unsafe self.key = unsafe key
        }

        deinit {
            unsafe X509_free(certificate)
            unsafe EVP_PKEY_free(key)
        }
    }

    func issuePair(_ names: String) -> Pair {
        let leafKey = unsafe TestAuthority.makeKey()
        let leaf = unsafe TestAuthority.make(
            subject: "leaf", key: leafKey, issuer: certificate, issuerKey: key, fromDays: -1, toDays: 7, serial: 4,
            extensions: [(NID_subject_alt_name, names)])
        return unsafe Pair(leaf, leafKey)
    }

    /// The key of a new certificate, encrypted with a password.
    static func encryptedKey() -> [UInt8] {
        let key = unsafe makeKey()
        defer { unsafe EVP_PKEY_free(key) }
        let password: [UInt8] = Array("secret".utf8)
        return unsafe written {
            unsafe PEM_write_bio_PrivateKey($0, key, EVP_aes_128_cbc(), password, Int32(password.count), nil, nil)
        }
    }

    /// A certificate that nobody but itself vouches for.
    static func selfSigned(_ names: String) -> CertificateSource {
        let key = unsafe makeKey()
        let certificate = unsafe make(
            subject: "alone", key: key, issuer: nil, issuerKey: key, fromDays: -1, toDays: 7, serial: 3,
            extensions: [(NID_subject_alt_name, names)])
        defer {
            unsafe X509_free(certificate)
            unsafe EVP_PKEY_free(key)
        }
        return unsafe CertificateSource(chain: pem(certificate), key: pem(key: key))
    }

    private static func makeKey() -> OpaquePointer {
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let made =
            unsafe EVP_PKEY_keygen_init(context) == 1
            && EVP_PKEY_CTX_set_group_name(context, "P-256") == 1 && EVP_PKEY_generate(context, &key) == 1
        precondition(made, "no P-256 key")
        return unsafe key!
    }

    private static func make(
        subject: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer, fromDays: Int,
        toDays: Int, serial: Int, extensions: [(Int32, String)]
    ) -> OpaquePointer {
        let certificate = unsafe X509_new()!
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        let name = unsafe X509_get_subject_name(certificate)
        unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0)
        unsafe X509_set_issuer_name(certificate, issuer == nil ? name : X509_get_subject_name(issuer))
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), fromDays * 86400)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), toDays * 86400)
        unsafe X509_set_pubkey(certificate, key)
        for (kind, value) in extensions {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
            guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else {
                preconditionFailure("no extension from \(value)")
            }
            unsafe X509_add_ext(certificate, made, -1)
            unsafe X509_EXTENSION_free(made)
        }
        precondition(unsafe X509_sign(certificate, issuerKey, EVP_sha256()) > 0, "not signed")
        return unsafe certificate
    }

    private static func pem(_ certificate: OpaquePointer) -> [UInt8] {
        unsafe written { unsafe PEM_write_bio_X509($0, certificate) }
    }

    private static func pem(key: OpaquePointer) -> [UInt8] {
        unsafe written { unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    private static func written(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(bio) }
        precondition(unsafe write(bio) == 1, "PEM not written")
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = unsafe BIO_read(bio, &bytes, Int32(bytes.count))
        return Array(bytes[0..<Int(count)])
    }
}
