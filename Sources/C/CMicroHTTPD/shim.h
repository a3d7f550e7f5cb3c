#pragma once

// What Swift cannot import from libmicrohttpd: variadic functions, and a log callback that takes a va_list.

#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tls.h"

/// Everything a daemon is started with. Must outlive the daemon: the log callback reads it.
struct cmhd_settings {
    /// Address to bind, read only during the start.
    const struct sockaddr *address;
    unsigned int thread_count;
    unsigned int connection_limit;
    /// 0: no limit.
    unsigned int connection_limit_per_address;
    /// Seconds.
    unsigned int idle_timeout;
    /// Bytes of each connection's memory pool: request header, receive buffer, response header. More than 32 KiB, or it
    /// does not begin with a page.
    size_t connection_memory;
    /// First argument of every callback.
    void *context;
    /// Whether a new connection is taken.
    MHD_AcceptPolicyCallback accept;
    MHD_AccessHandlerCallback handle_request;
    MHD_RequestCompletedCallback request_completed;
    MHD_NotifyConnectionCallback connection_changed;
    /// Called with the raw request target, before it is parsed. What it returns becomes the request's context.
    void *(*target_received)(void *context, const char *target, struct MHD_Connection *connection);
    void (*log)(void *context, const char *message);
    /// Where handshakes find the certificate; NULL: no TLS. `connection_changed` gives it to each socket as its context.
    struct cmhd_identity_slot *identities;
};

static inline void cmhd_log(void *settings, const char *format, va_list arguments) {
    const struct cmhd_settings *s = settings;
    char message[512];
    if (vsnprintf(message, sizeof(message), format, arguments) > 0) s->log(s->context, message);
}

/// Starts epoll threads that can suspend and resume connections. NULL if it failed; the log says why.
static inline struct MHD_Daemon *cmhd_start(const struct cmhd_settings *s) {
    unsigned int flags = MHD_USE_ERROR_LOG | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
    if (s->address->sa_family == AF_INET6) flags |= MHD_USE_DUAL_STACK;
    if (s->identities != NULL) flags |= MHD_USE_TLS;
    // A pool of one thread is refused with a warning; without a pool there is one thread.
    struct MHD_OptionItem pool[] = {
        {s->thread_count > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, s->thread_count, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    // GnuTLS's own choice, without the versions that RFC 8996 ended.
    struct MHD_OptionItem tls[] = {
        {s->identities ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, 0, (void *)cmhd_retrieve_identity},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        flags, 0, s->accept, s->context, s->handle_request, s->context,
        MHD_OPTION_EXTERNAL_LOGGER, cmhd_log, (void *)s,
        MHD_OPTION_SOCK_ADDR, s->address,
        MHD_OPTION_CONNECTION_LIMIT, s->connection_limit,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->connection_limit_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, s->idle_timeout,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory,
        MHD_OPTION_NOTIFY_COMPLETED, s->request_completed, s->context,
        MHD_OPTION_NOTIFY_CONNECTION, s->connection_changed, s->context,
        MHD_OPTION_URI_LOG_CALLBACK, s->target_received, s->context,
        MHD_OPTION_ARRAY, pool,
        MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
}

/// Port that the daemon listens on, 0 if unknown.
static inline unsigned short cmhd_bound_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

/// Socket of the connection, -1 if unknown.
static inline int cmhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/// Bytes of the request line and header fields, 0 before they have all come.
static inline size_t cmhd_header_byte_count(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

/// How far the bytes of a request header are accounted for.
struct cmhd_header_walk {
    /// After the last byte that belongs to something the library has shown.
    const char *position;
    /// After the last byte of the header.
    const char *end;
    /// Whether everything so far was where it must be.
    int is_plain;
};

/// Steps over bytes that must be NUL: the library writes it in place of a line end and of a colon.
static inline void cmhd_skip_separator(struct cmhd_header_walk *walk, const char *next, ptrdiff_t byte_count) {
    walk->is_plain = walk->is_plain && next >= walk->position && next <= walk->end
        && next - walk->position == byte_count;
    for (ptrdiff_t i = 0; walk->is_plain && i < byte_count; i++) walk->is_plain = walk->position[i] == 0;
    walk->position = next;
}

static inline enum MHD_Result cmhd_walk_field(
    void *context, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value, size_t value_size) {
    struct cmhd_header_walk *walk = context;
    (void)kind;
    if (name == NULL || value == NULL) walk->is_plain = 0;
    if (!walk->is_plain) return MHD_NO;
    cmhd_skip_separator(walk, name, 2);
    if (!walk->is_plain || name_size >= (size_t)(walk->end - name)) return (walk->is_plain = 0, MHD_NO);
    const char *after_colon = name + name_size + 1;
    walk->position = name + name_size;
    cmhd_skip_separator(walk, after_colon, 1);
    walk->is_plain = walk->is_plain && value >= after_colon && value <= walk->end;
    for (const char *c = after_colon; walk->is_plain && c < value; c++) walk->is_plain = *c == ' ' || *c == '\t';
    if (!walk->is_plain || value_size > (size_t)(walk->end - value)) return (walk->is_plain = 0, MHD_NO);
    walk->position = value + value_size;
    return MHD_YES;
}

/// Whether nothing but at most one empty line came before the request line.
///
/// The library skips each line there that is empty to its eyes, and one that begins with NUL is. Requests begin at the
/// start of the connection's memory, which begins with a page: cmhd_start asks for so much that it is mapped. What is
/// read here is of the page that holds the method, so it can be read in any case. More than a page of skipped lines is
/// seen by what is over.
static inline int cmhd_begins_plainly(const char *method) {
    const char *page = (const char *)((uintptr_t)method & ~(uintptr_t)4095);
    return method == page || (method - page == 2 && page[0] == 0 && page[1] == 0);
}

/// Whether the library's reading of a request header accounts for each of its bytes.
///
/// libmicrohttpd hands out C strings, glues a folded line to the name before it, and takes a line that is empty to its
/// eyes (`: x`, or one that begins with NUL) for the end of the header. What is lost or moved by that shows in its
/// buffer: between the end of one string and the start of the next stands something other than one space, one CRLF, or
/// one colon with white space. Line ends are CRLF, a bare LF does not pass.
///
/// One thing cannot be told from the plain one, because CR, LF, NUL and a colon leave the same: a bare LF with a NUL
/// before it, or beside a line of one colon or one NUL at the end of the header.
/// @param target raw request target as the library showed it first, in its buffer.
static inline int cmhd_header_is_plain(
    struct MHD_Connection *connection, const char *method, const char *target, size_t target_size, const char *version) {
    if (!cmhd_begins_plainly(method)) return 0;
    struct cmhd_header_walk walk = {method, method + cmhd_header_byte_count(connection), 1};
    walk.position += strlen(method);
    cmhd_skip_separator(&walk, target, 1);
    if (!walk.is_plain || target_size >= (size_t)(walk.end - target)) return 0;
    walk.position = target + target_size;
    cmhd_skip_separator(&walk, version, 1);
    if (!walk.is_plain) return 0;
    walk.position = version + strlen(version);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, cmhd_walk_field, &walk);
    if (!walk.is_plain) return 0;
    cmhd_skip_separator(&walk, walk.end, 4);
    return walk.is_plain;
}

/// What a reader of a body returns when there is no more, and when what was sent is not the whole.
static const ssize_t cmhd_reader_finished = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t cmhd_reader_failed = MHD_CONTENT_READER_END_WITH_ERROR;

/// A response whose body is read piece by piece and whose length nobody knows. `release` is called once at the end.
static inline struct MHD_Response *cmhd_create_stream(
    void *context, MHD_ContentReaderCallback read, MHD_ContentReaderFreeCallback release) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, read, context, release);
}

/// Lets the end of the connection end the body, where its length is unknown.
static inline void cmhd_forbid_chunks(struct MHD_Response *response) {
    MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/// Seconds without activity after which the library closes the connection. Only on the connection's thread.
static inline void cmhd_set_idle_timeout(struct MHD_Connection *connection, unsigned int seconds) {
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

/// Hands the bytes to the system for sending, without waiting and without a signal where nobody reads.
/// @return whether it took them all.
static inline int cmhd_send_at_once(int socket, const void *bytes, size_t byte_count) {
    return send(socket, bytes, byte_count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)byte_count;
}

/// Whether something that was sent waits for the other end, and how many bytes that end has taken so far.
static inline int cmhd_waits_for_reader(int socket, uint64_t *taken) {
    int waiting = 0;
    if (ioctl(socket, TIOCOUTQ, &waiting) != 0 || waiting == 0) return 0;
    // `tcpi_bytes_acked` of the kernel's `tcp_info`: the C library's own has no such field.
    unsigned char info[128];
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, info, &size) != 0 || size < sizeof info) return 0;
    memcpy(taken, info + 120, sizeof *taken);
    return 1;
}
