// What the kernels for AVX-512 share.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#include "packed.h"

#define UK_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define UK_AVX512_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define UK_AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))

/// Most rows and vectors of 16 columns in one tile: as many sums as there are registers for them.
enum { UK_TILE_ROWS = 12, UK_TILE_NUMBERS = 24 * 16 };

/// Where in a row's operand each part of its depth begins: one part for a product, nine for a 3 x 3 convolution.
struct uk_taps {
    size_t count;
    const size_t *offsets;
};

/// Numbers of the element that the hardware takes from the depth at once; packed depths are multiples of it.
static inline size_t uk_depth_step(enum uk_element element) {
    return element == UK_INT8 ? 4 : element == UK_BF16 ? 2 : 1;
}
static inline size_t uk_element_size(enum uk_element element) {
    return element == UK_INT8 ? 1 : element == UK_BF16 ? 2 : 4;
}
static inline size_t uk_padded(size_t count, size_t step) { return (count + step - 1) / step * step; }

/// Bytes of one column of int8 before its weights: what its sums begin with, and its scale.
enum { UK_INT8_COLUMN_HEAD = sizeof(int32_t) + sizeof(float) };

/// Bytes of one column of a panel.
static inline size_t uk_panel_column_size(enum uk_element element, size_t taps, size_t depth) {
    return taps * uk_padded(depth, uk_depth_step(element)) * uk_element_size(element) +
           (element == UK_INT8 ? UK_INT8_COLUMN_HEAD : 0);
}

/// Vectors of 16 columns in the panel that starts at this column.
static inline size_t uk_panel_vectors(size_t columns, size_t first) {
    size_t left = columns - first;
    return (left < UK_PANEL_COLUMNS ? left + 15 : UK_PANEL_COLUMNS) / 16;
}

/// Rows that a tile of this many vectors has room for.
static inline size_t uk_tile_rows(size_t vectors) { return vectors > 2 ? UK_TILE_ROWS / 2 : UK_TILE_ROWS; }

/// tile [rows, vectors * 16] = a [rows, taps x depth] times one panel. `depth` is a multiple of the element's step.
void uk_tile(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
             const struct uk_taps *taps, const void *panel, size_t depth, float *tile);

/// Rows `first_row` ..< `last_row` of a [rows, taps x depth] times panels `first_panel` ..< `last_panel`; row 0 of a makes
/// row `output_row` of the output.
void uk_multiply(const void *a, size_t a_stride, const struct uk_taps *taps, const struct uk_panels *weights,
                 size_t first_row, size_t last_row, size_t first_panel, size_t last_panel,
                 const struct uk_output *output, size_t output_row);
#endif
