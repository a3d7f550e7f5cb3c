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

/// Copies line `y` of the upsampled image, which may lie one outside, into scratch memory.
/// `pixel` and `padded` are the bytes of a pixel there and here.
static void copy_line(const struct uk_image *image, size_t y, size_t pixel, size_t padded, char *line) {
    size_t width = image->width * image->scale;
    // Unsigned wrap-around makes line -1 larger than any height.
    if (y >= image->height * image->scale) {
        memset(line, 0, (width + 2) * padded);
        return;
    }
    const char *from = (const char *)image->pixels + y / image->scale * image->width * pixel;
    memset(line, 0, padded);
    memset(line + (width + 1) * padded, 0, padded);
    line += padded;
    if (image->scale == 1 && pixel == padded) {
        memcpy(line, from, width * pixel);
        return;
    }
    for (size_t x = 0; x < width; x++) {
        memcpy(line + x * padded, from + x / image->scale * pixel, pixel);
        memset(line + x * padded + pixel, 0, padded - pixel);
    }
}

void uk_packed_convolution(const struct uk_image *image, const struct uk_panels *weights, size_t first, size_t last,
                           const struct uk_output *output, void *scratch) {
    size_t size = uk_operand_size(weights->tile, weights->element);
    size_t channels = uk_padded(weights->depth, uk_depth_step(weights->element));
    size_t width = image->width * image->scale, numbers = line_numbers(image, weights->element);
    size_t panels = (weights->columns + uk_panel_columns(weights->tile) - 1) / uk_panel_columns(weights->tile);
    // Line y lies in place (y + 1) % 3 of the scratch memory.
    for (size_t y = first; y < last; y++) {
        size_t fresh = y == first ? 0 : 2;
        for (size_t line = fresh; line < 3; line++) {
            char *target = (char *)scratch + (y + line) % 3 * numbers * size;
            copy_line(image, y + line - 1, image->channels * size, channels * size, target);
        }
        size_t offsets[9];
        for (size_t tap = 0; tap < 9; tap++) offsets[tap] = (y + tap / 3) % 3 * numbers + tap % 3 * channels;
        const struct uk_taps taps = {9, offsets};
        uk_multiply(scratch, channels, &taps, weights, 0, width, 0, panels, output, y * width);
    }
}
#endif
