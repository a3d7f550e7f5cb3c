#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors by longjmp, which must not cross Swift frames: a whole encode lives in one function, and a whole decode
// in another.

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

/// What a decode leaves behind, comes in zeroed. What it points to belongs to the caller: `underpaint_png_release`.
/// `message` is empty after a success. Width and height are filled in as soon as the header is read.
typedef struct {
    /// Rows from the top without padding, 1 (grey) or 3 (RGB) channels of 8 bits.
    uint8_t *pixels;
    uint32_t width;
    uint32_t height;
    uint32_t channels;
    underpaint_png_text *texts;
    size_t text_count;
    int is_too_large;
    char message[128];
    /// What is left to read.
    const uint8_t *source;
    size_t rest;
} underpaint_png_input;

static inline void underpaint_png_take(png_structp png, png_bytep data, size_t length) {
    underpaint_png_input *input = (underpaint_png_input *)png_get_io_ptr(png);
    if (length > input->rest) png_error(png, "the file ends too early");
    memcpy(data, input->source, length);
    input->source += length;
    input->rest -= length;
}

static inline void underpaint_png_give_up(png_structp png, png_const_charp message) {
    underpaint_png_input *input = (underpaint_png_input *)png_get_error_ptr(png);
    strncpy(input->message, message && *message ? message : "unknown error", sizeof input->message - 1);
    png_longjmp(png, 1);
}

static inline void underpaint_png_release(underpaint_png_input *input) {
    for (size_t i = 0; i < input->text_count; i++) {
        free((void *)input->texts[i].keyword);
        free((void *)input->texts[i].text);
    }
    free(input->texts);
    free(input->pixels);
}

/// Texts that came before the pixels and after them.
static inline void underpaint_png_copy_texts(png_structp png, png_infop info, underpaint_png_input *input) {
    png_textp texts = NULL;
    int count = 0;
    png_get_text(png, info, &texts, &count);
    if (count <= 0) return;
    input->texts = (underpaint_png_text *)calloc((size_t)count, sizeof *input->texts);
    if (!input->texts) png_error(png, "out of memory");
    for (int i = 0; i < count; i++) {
        underpaint_png_text *copy = &input->texts[input->text_count++];
        copy->utf8 = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
        copy->keyword = strdup(texts[i].key ? texts[i].key : "");
        copy->text = strdup(texts[i].text ? texts[i].text : "");
        if (!copy->keyword || !copy->text) png_error(png, "out of memory");
    }
}

/// Decodes a PNG of at most these sides into 8-bit grey or RGB: palettes and 16 bits are converted, transparency is left out.
/// A checksum that does not fit is an error, also of a text. Chunks take 1 MiB of memory each and are 64 at most.
static inline __attribute__((noinline)) void underpaint_png_decode(
    const uint8_t *bytes, size_t count, uint32_t widest, uint32_t highest, underpaint_png_input *input) {
    input->source = bytes;
    input->rest = count;
    png_structp png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, input, underpaint_png_give_up, underpaint_png_ignore);
    if (!png) {
        strncpy(input->message, "cannot start libpng", sizeof input->message - 1);
        return;
    }
    png_infop info = png_create_info_struct(png);
    if (!info) {
        strncpy(input->message, "out of memory", sizeof input->message - 1);
        png_destroy_read_struct(&png, NULL, NULL);
        return;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return;
    }
    png_set_read_fn(png, input, underpaint_png_take);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_chunk_cache_max(png, 64);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_read_info(png, info);
    input->width = png_get_image_width(png, info);
    input->height = png_get_image_height(png, info);
    if (input->width > widest || input->height > highest) {
        input->is_too_large = 1;
        png_error(png, "too large");
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    input->channels = png_get_channels(png, info);
    size_t row = png_get_rowbytes(png, info);
    if (row != (size_t)input->width * input->channels) png_error(png, "unknown pixel format");
    // Interlaced rows are merged into what is there.
    input->pixels = (uint8_t *)calloc(input->height, row);
    if (!input->pixels) png_error(png, "out of memory");
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < input->height; y++) png_read_row(png, input->pixels + y * row, NULL);
    }
    png_read_end(png, info);
    underpaint_png_copy_texts(png, info, input);
    png_destroy_read_struct(&png, &info, NULL);
}
