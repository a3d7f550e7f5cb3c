#include "tiles.h"

#if defined(__x86_64__)
#include <string.h>

/// Numbers of one line of the image in scratch memory: a pixel of zeros on either side, and the channels filled up with zeros.
static size_t line_numbers(const struct uk_image *image, enum uk_element weights) {
    return (image->width * image->scale + 2) * uk_padded(image->channels, uk_depth_step(weights));
}

size_t uk_convolution_scratch(const struct uk_image *image, const struct uk_panels *weights) {
    return 3 * line_numbers(image, weights->element) * uk_operand_size(weights->tile, weights->element);
}

/// Makes `pixels` pixels into operands, one behind the other.
static void read_pixels(const struct uk_image *image, const char *from, size_t pixels, enum uk_element operand, char *to) {
    size_t numbers = pixels * image->channels;
    if (image->norm.scale) {
        uk_channel_scale((const float *)from, to, operand, pixels, image->channels, &image->norm);
    } else if (image->element == operand) {
        memcpy(to, from, numbers * uk_element_size(operand));
    } else {
        uk_to_bf16((const float *)from, (uint16_t *)to, 1, numbers, numbers);
    }
}

/// Reads line `y` of the upsampled image, which may lie one outside, into scratch memory.
/// `padded` is the bytes of a pixel there.
static void read_line(const struct uk_image *image, size_t y, enum uk_element operand, size_t padded, char *line) {
    size_t scale = image->scale, width = image->width * scale;
    // Unsigned wrap-around makes line -1 larger than any height.
    if (y >= image->height * scale) {
        memset(line, 0, (width + 2) * padded);
        return;
    }
    size_t pixel = image->channels * uk_element_size(image->element), made = image->channels * uk_element_size(operand);
    const char *from = (const char *)image->pixels + y / scale * image->width * pixel;
    memset(line, 0, padded);
    memset(line + (width + 1) * padded, 0, padded);
    line += padded;
    if (scale == 1 && made == padded) {
        read_pixels(image, from, width, operand, line);
        return;
    }
    for (size_t x = 0; x < image->width; x++) {
        char *first = line + x * scale * padded;
        read_pixels(image, from + x * pixel, 1, operand, first);
        memset(first + made, 0, padded - made);
        for (size_t copy = 1; copy < scale; copy++) memcpy(first + copy * padded, first, padded);
    }
}

void uk_packed_convolution(const struct uk_image *image, const struct uk_panels *weights, size_t first, size_t last,
                           const struct uk_output *output, void *scratch) {
    enum uk_element operand = uk_operand(weights->tile, weights->element);
    size_t size = uk_element_size(operand);
    size_t channels = uk_padded(weights->depth, uk_depth_step(weights->element));
    size_t width = image->width * image->scale, numbers = line_numbers(image, weights->element);
    size_t panels = (weights->columns + uk_panel_columns(weights->tile) - 1) / uk_panel_columns(weights->tile);
    // Line y lies in place (y + 1) % 3 of the scratch memory.
    for (size_t y = first; y < last; y++) {
        size_t fresh = y == first ? 0 : 2;
        for (size_t line = fresh; line < 3; line++) {
            char *target = (char *)scratch + (y + line) % 3 * numbers * size;
            read_line(image, y + line - 1, operand, channels * size, target);
        }
        size_t offsets[9];
        for (size_t tap = 0; tap < 9; tap++) offsets[tap] = (y + tap / 3) % 3 * numbers + tap % 3 * channels;
        const struct uk_taps taps = {9, offsets};
        uk_multiply(scratch, channels, &taps, weights, 0, width, 0, panels, output, y * width);
    }
}
#endif
