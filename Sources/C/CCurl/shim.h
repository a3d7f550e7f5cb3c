#pragma once
#include <curl/curl.h>

/* Gets a piece of a reply; returns how many bytes of it were taken. */
typedef size_t (*ccurl_sink)(char *piece, size_t one, size_t count, void *context);

/* Says what the next transfer is. What these pointers lead to has to stay until it is over. A dead server is noticed within
   seconds, and no reply is followed to another address. */
static inline CURLcode ccurl_prepare(CURL *handle, const char *method, const char *url, struct curl_slist *headers,
                                     const void *body, size_t count, ccurl_sink sink, void *context) {
    /* Settings of before go, open connections stay. */
    curl_easy_reset(handle);
    CURLcode code = CURLE_OK;
#define CCURL_SET(option, value) \
    if (code == CURLE_OK) code = curl_easy_setopt(handle, option, value)
    CCURL_SET(CURLOPT_NOSIGNAL, 1L);
    CCURL_SET(CURLOPT_URL, url);
    CCURL_SET(CURLOPT_PATH_AS_IS, 1L);
    CCURL_SET(CURLOPT_CUSTOMREQUEST, method);
    CCURL_SET(CURLOPT_HTTPHEADER, headers);
    if (count > 0) {
        CCURL_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
        CCURL_SET(CURLOPT_POSTFIELDS, body);
    }
    CCURL_SET(CURLOPT_WRITEFUNCTION, sink);
    CCURL_SET(CURLOPT_WRITEDATA, context);
    CCURL_SET(CURLOPT_CONNECTTIMEOUT, 5L);
    CCURL_SET(CURLOPT_LOW_SPEED_LIMIT, 1000L);
    CCURL_SET(CURLOPT_LOW_SPEED_TIME, 10L);
    CCURL_SET(CURLOPT_TIMEOUT, 60L);
    CCURL_SET(CURLOPT_TCP_KEEPALIVE, 1L);
#undef CCURL_SET
    return code;
}

static inline long ccurl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline CURLcode ccurl_begin(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
