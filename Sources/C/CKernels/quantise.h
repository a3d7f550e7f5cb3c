// How a row of numbers becomes int8, for the passes that write such rows.
#pragma once
#include <stdint.h>
#include <string.h>

/// Bits of |x|, which are ordered as the numbers are; infinity and what is no number come last.
static inline __attribute__((always_inline)) int32_t uk_magnitude(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7FFFFFFF;
}

/// The scale of a row, and its inverse; 0 where there is none: then all numbers are 0.
struct uk_scale {
    float scale, inverse;
};

static inline __attribute__((always_inline)) struct uk_scale uk_scale_of(int32_t magnitude) {
    float highest;
    memcpy(&highest, &magnitude, sizeof highest);
    int has_inverse = highest >= 1e-30f && highest <= 3e38f;
    return (struct uk_scale){highest / 127.0f, has_inverse ? 127.0f / highest : 0.0f};
}

/// q = -127...127.
static inline __attribute__((always_inline)) int32_t uk_quantum(float x, float inverse) {
    float q = __builtin_rintf(x * inverse);
    // What is no number becomes one.
    q = q > -127.0f ? q : -127.0f;
    return (int32_t)(q < 127.0f ? q : 127.0f);
}

/// Fills a row up and writes its scale behind it.
static inline __attribute__((always_inline)) void uk_end_row(uint8_t *row, size_t columns, float scale) {
    size_t padded = (columns + 3) / 4 * 4;
    for (size_t c = columns; c < padded; c++) row[c] = 128;
    memcpy(row + padded, &scale, sizeof scale);
}
