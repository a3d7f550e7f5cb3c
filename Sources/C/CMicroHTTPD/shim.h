#pragma once

// What Swift cannot import from libmicrohttpd: variadic functions, and a log callback that takes a va_list.

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

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
    /// Bytes of each connection's memory pool: request header, receive buffer, response header.
    size_t connection_memory;
    /// First argument of every callback.
    void *context;
    MHD_AccessHandlerCallback handle_request;
    MHD_RequestCompletedCallback request_completed;
    MHD_NotifyConnectionCallback connection_changed;
    /// Called with the raw request target, before it is parsed. What it returns becomes the request's context.
    void *(*target_received)(void *context, const char *target, struct MHD_Connection *connection);
    void (*log)(void *context, const char *message);
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
    // A pool of one thread is refused with a warning; without a pool there is one thread.
    struct MHD_OptionItem pool[] = {
        {s->thread_count > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, s->thread_count, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        flags, 0, NULL, NULL, s->handle_request, s->context,
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
