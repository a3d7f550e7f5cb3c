#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors by longjmp, which must not cross Swift frames: the whole encode lives in this one function.

/// A text chunk: NUL-terminated strings; `utf8` makes it an iTXt chunk, else it is tEXt and both are Latin-1.
typedef struct {
    const char *keyword;
    const char *text;
    int utf8;
} underpaint_png_text;

/// What an encode leaves behind. `bytes` (malloc) belongs to the caller; `message` is empty after a success.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    char message[128];
} underpaint_png_output;

static inline void underpaint_png_append(png_structp png, png_bytep data, size_t length) {
    underpaint_png_output *output = (underpaint_png_output *)png_get_io_ptr(png);
    if (length > SIZE_MAX / 2 - output->count) png_error(png, "file too large");
    size_t needed = output->count + length;
    if (needed > output->capacity) {
        size_t capacity = output->capacity ? output->capacity : 4096;
        while (capacity < needed) capacity *= 2;
        uint8_t *grown = (uint8_t *)realloc(output->bytes, capacity);
        if (!grown) png_error(png, "out of memory");
        output->bytes = grown;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, data, length);
    output->count = needed;
}

static inline void underpaint_png_flush(png_structp png) { (void)png; }

static inline void underpaint_png_fail(png_structp png, png_const_charp message) {
    underpaint_png_output *output = (underpaint_png_output *)png_get_error_ptr(png);
    strncpy(output->message, message && *message ? message : "unknown error", sizeof output->message - 1);
    png_longjmp(png, 1);
}

static inline void underpaint_png_ignore(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

/// Encodes 8-bit grey (1 channel) or RGB (3 channels) rows without padding. `output` comes in zeroed.
/// Compression level, window, strategy and filters are fixed, and no time stamp is written: one libpng and zlib give
/// the same bytes for the same input.
static inline __attribute__((noinline)) void underpaint_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
    const underpaint_png_text *texts, size_t text_count, underpaint_png_output *output) {
    png_structp png = png_create_write_struct(
        PNG_LIBPNG_VER_STRING, output, underpaint_png_fail, underpaint_png_ignore);
    if (!png) {
        strncpy(output->message, "cannot start libpng", sizeof output->message - 1);
        return;
    }
    png_infop info = png_create_info_struct(png);
    if (!info) {
        strncpy(output->message, "out of memory", sizeof output->message - 1);
        png_destroy_write_struct(&png, NULL);
        return;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return;
    }
    png_set_write_fn(png, output, underpaint_png_append, underpaint_png_flush);
    png_set_compression_level(png, 6);
    png_set_compression_mem_level(png, 8);
    png_set_compression_strategy(png, 1 /* Z_FILTERED */);
    png_set_compression_window_bits(png, 15);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_ALL_FILTERS);
    png_set_IHDR(
        png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    for (size_t i = 0; i < text_count; i++) {
        png_text text;
        memset(&text, 0, sizeof text);
        text.compression = texts[i].utf8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
        text.key = (png_charp)texts[i].keyword;
        text.text = (png_charp)texts[i].text;
        png_set_text(png, info, &text, 1);
    }
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++) {
        png_write_row(png, pixels + (size_t)y * width * channels);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
}
