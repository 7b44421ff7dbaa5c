// OpenSSL 3, with one inline function for each macro that Swift cannot import.
#pragma once
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// The library and its threads.

// Without the atexit handler: a loop may still be inside the library while main returns.
static inline int tokenhub_openssl_start(void) {
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1 && OPENSSL_init_ssl(0, NULL) == 1;
}

// Contexts.

static inline uint64_t tokenhub_ssl_options(void) {
    return SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE
        | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
}
static inline void tokenhub_ssl_ctx_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
static inline int tokenhub_ssl_ctx_set_versions(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}
static inline int tokenhub_ssl_ctx_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}
static inline void tokenhub_ssl_ctx_cache_nothing(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
static inline void tokenhub_ssl_ctx_report_client_sessions(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}
static inline void tokenhub_ssl_ctx_on_server_name(SSL_CTX *context, int (*choose)(SSL *, int *, void *), void *owner) {
    SSL_CTX_set_tlsext_servername_callback(context, choose);
    SSL_CTX_set_tlsext_servername_arg(context, owner);
}
static inline int tokenhub_ssl_ctx_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add0_chain_cert(context, certificate);
}
// The bundle is read now; the folder, looked into at each verification, only serves where there is no bundle.
static inline int tokenhub_ssl_ctx_trust_system(SSL_CTX *context) {
    SSL_CTX_set_default_verify_file(context);
    if (sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context))) > 0) return 1;
    return SSL_CTX_set_default_verify_dir(context);
}
static inline int tokenhub_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

// Session tickets: the callback has to set the key of a MAC context, which takes an OSSL_PARAM array.
static inline int tokenhub_ticket_set_mac_key(EVP_MAC_CTX *mac, const unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, count),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters);
}

// BIO: the retry flags are macros.

static inline void tokenhub_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void tokenhub_bio_retry_read(BIO *bio) { BIO_clear_retry_flags(bio); BIO_set_retry_read(bio); }

// SHA-256 by the functions that hold their state in the caller's memory. Deprecated since 3.0 in favour of EVP, which takes
// an allocation, a provider dispatch and 2.5 times as long for a short message.

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void tokenhub_sha256_init(SHA256_CTX *state) { SHA256_Init(state); }
static inline void tokenhub_sha256_update(SHA256_CTX *state, const void *bytes, size_t count) {
    SHA256_Update(state, bytes, count);
}
static inline void tokenhub_sha256_final(SHA256_CTX *state, unsigned char *digest) { SHA256_Final(digest, state); }
#pragma clang diagnostic pop
