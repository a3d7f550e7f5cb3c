#include "quantise.h"

#include "bf16.h"
#include "elementary.h"
#include "quantised.h"

/// Bytes of a row's numbers, behind which its scale is.
static size_t numbers_size(size_t columns) { return (columns + 3) / 4 * 4; }

size_t uk_quantised_stride(size_t columns) { return (numbers_size(columns) + sizeof(float) + 63) / 64 * 64; }

static inline __attribute__((always_inline)) float number(const void *x, size_t n, enum uk_element element) {
    return element == UK_BF16 ? uk_fp32(((const uint16_t *)x)[n]) : ((const float *)x)[n];
}

static inline __attribute__((always_inline)) void quantise_rows(const void *x, enum uk_element element, uint8_t *y,
                                                                size_t first, size_t last, size_t columns) {
    for (size_t r = first; r < last; r++) {
        int32_t highest = 0;
        for (size_t c = 0; c < columns; c++) {
            int32_t magnitude = uk_magnitude(number(x, r * columns + c, element));
            highest = magnitude > highest ? magnitude : highest;
        }
        struct uk_scale of_row = uk_scale_of(highest);
        uint8_t *row = y + r * uk_quantised_stride(columns);
        for (size_t c = 0; c < columns; c++) {
            row[c] = (uint8_t)(uk_quantum(number(x, r * columns + c, element), of_row.inverse) + 128);
        }
        uk_end_row(row, columns, of_row.scale);
    }
}

UK_DISPATCH
void uk_quantise(const void *x, enum uk_element element, uint8_t *y, size_t first, size_t last, size_t columns) {
    if (element == UK_BF16) {
        quantise_rows(x, UK_BF16, y, first, last, columns);
    } else {
        quantise_rows(x, UK_FP32, y, first, last, columns);
    }
}

void uk_dequantise(const uint8_t *y, float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const uint8_t *row = y + r * uk_quantised_stride(columns);
        float scale;
        memcpy(&scale, row + numbers_size(columns), sizeof scale);
        for (size_t c = 0; c < columns; c++) x[r * columns + c] = scale * (float)((int)row[c] - 128);
    }
}
