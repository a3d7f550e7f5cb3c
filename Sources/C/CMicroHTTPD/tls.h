#pragma once

// What TLS needs: a certificate with its key, looked up anew for each handshake, so that it can change while the daemon
// runs.

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

/// Certificates of a chain, at most.
#define CMHD_CHAIN_LIMIT 16

/// A certificate chain and its private key. Never changes once it is loaded.
struct cmhd_identity {
    gnutls_pcert_st chain[CMHD_CHAIN_LIMIT];
    unsigned int chain_length;
    gnutls_privkey_t key;
};

/// Where the handshakes of one daemon find their identity. The daemon's connections have it as their socket's context.
struct cmhd_identity_slot {
    struct cmhd_identity *current;
};

/// What was wrong with an identity.
enum cmhd_identity_fault {
    CMHD_IDENTITY_FINE = 0,
    CMHD_IDENTITY_BAD_CERTIFICATE,
    CMHD_IDENTITY_BAD_KEY,
    CMHD_IDENTITY_MISMATCH,
};

static inline void cmhd_free_identity(struct cmhd_identity *identity) {
    if (identity == NULL) return;
    for (unsigned int i = 0; i < identity->chain_length; i++) gnutls_pcert_deinit(&identity->chain[i]);
    if (identity->key != NULL) gnutls_privkey_deinit(identity->key);
    free(identity);
}

/// Whether the key is that of the first certificate.
static inline int cmhd_identity_matches(struct cmhd_identity *identity) {
    unsigned char of_key[64], of_certificate[64];
    size_t key_size = sizeof(of_key), certificate_size = sizeof(of_certificate);
    gnutls_pubkey_t derived;
    if (gnutls_pubkey_init(&derived) < 0) return 0;
    int is_known = gnutls_pubkey_import_privkey(derived, identity->key, 0, 0) == 0
        && gnutls_pubkey_get_key_id(derived, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) == 0
        && gnutls_pubkey_get_key_id(
               identity->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_size) == 0;
    gnutls_pubkey_deinit(derived);
    return is_known && key_size == certificate_size && memcmp(of_key, of_certificate, key_size) == 0;
}

/// Reads a chain, the server's certificate first, and a key, both PEM.
/// @param reason set to GnuTLS's words where the fault is not a mismatch; never freed.
/// @return NULL with a fault.
static inline struct cmhd_identity *cmhd_load_identity(
    const void *chain, size_t chain_size, const void *key, size_t key_size, enum cmhd_identity_fault *fault,
    const char **reason) {
    gnutls_datum_t chain_text = {(unsigned char *)chain, (unsigned int)chain_size};
    gnutls_datum_t key_text = {(unsigned char *)key, (unsigned int)key_size};
    struct cmhd_identity *identity = calloc(1, sizeof(*identity));
    *reason = "out of memory";
    *fault = CMHD_IDENTITY_BAD_CERTIFICATE;
    if (identity == NULL) return NULL;

    unsigned int length = CMHD_CHAIN_LIMIT;
    int status = gnutls_pcert_list_import_x509_raw(
        identity->chain, &length, &chain_text, GNUTLS_X509_FMT_PEM,
        GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED | GNUTLS_X509_CRT_LIST_SORT);
    if (status >= 0) {
        identity->chain_length = length;
        *fault = CMHD_IDENTITY_BAD_KEY;
        status = gnutls_privkey_init(&identity->key);
        if (status >= 0)
            status = gnutls_privkey_import_x509_raw(identity->key, &key_text, GNUTLS_X509_FMT_PEM, NULL, 0);
    }
    *reason = gnutls_strerror(status);
    if (status >= 0) *fault = cmhd_identity_matches(identity) ? CMHD_IDENTITY_FINE : CMHD_IDENTITY_MISMATCH;
    if (*fault == CMHD_IDENTITY_FINE) return identity;
    cmhd_free_identity(identity);
    return NULL;
}

/// From now on handshakes get this identity. One that they had before may still be in use.
static inline void cmhd_set_identity(struct cmhd_identity_slot *slot, struct cmhd_identity *identity) {
    __atomic_store_n(&slot->current, identity, __ATOMIC_RELEASE);
}

/// GnuTLS asks for the identity of a handshake. libmicrohttpd names the connection as the session's pointer, which is the
/// only way from here to a daemon's own data.
static inline int cmhd_retrieve_identity(
    gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
    const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain, unsigned int *chain_length,
    gnutls_privkey_t *key) {
    (void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);
    if (connection == NULL) return -1;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct cmhd_identity_slot *slot = info ? info->socket_context : NULL;
    struct cmhd_identity *identity = slot ? __atomic_load_n(&slot->current, __ATOMIC_ACQUIRE) : NULL;
    if (identity == NULL) return -1;
    *chain = identity->chain;
    *chain_length = identity->chain_length;
    *key = identity->key;
    return 0;
}
