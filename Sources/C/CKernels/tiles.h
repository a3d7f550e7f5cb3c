// What the kernels on packed operands share.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#include "packed.h"

#define UK_AVX2 __attribute__((target("avx2,fma")))
#define UK_AVX_VNNI __attribute__((target("avx2,fma,avxvnni")))
#define UK_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define UK_AVX512_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define UK_AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define UK_AMX __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,amx-tile,amx-bf16,amx-int8")))

/// Most numbers in one tile: as many sums as there are registers for them, with AMX 32 x 32.
enum { UK_TILE_NUMBERS = 32 * 32 };

/// Columns of one vector of sums.
static inline size_t uk_lanes(enum uk_tile tile) {
    switch (tile) {
    case UK_TILE_AVX512:
    case UK_TILE_AMX: return 16;
    case UK_TILE_AVX2:
    case UK_TILE_AVX_VNNI: return 8;
    }
    __builtin_trap();
}

/// Where in a row's operand each part of its depth begins: one part for a product, nine for a 3 x 3 convolution.
struct uk_taps {
    size_t count;
    const size_t *offsets;
};

/// Numbers of the weights' element that lie beside each other in a panel; operands are read up to a multiple of it.
static inline size_t uk_depth_step(enum uk_element element) {
    return element == UK_INT8 ? 4 : element == UK_BF16 ? 2 : 1;
}
static inline size_t uk_element_size(enum uk_element element) {
    return element == UK_INT8 ? 1 : element == UK_BF16 ? 2 : 4;
}
/// Whether the instructions are those of AVX2, which multiply no bf16.
static inline int uk_is_avx2(enum uk_tile tile) { return tile == UK_TILE_AVX2 || tile == UK_TILE_AVX_VNNI; }

/// What weights of this element are multiplied with.
static inline enum uk_element uk_operand(enum uk_tile tile, enum uk_element weights) {
    return uk_is_avx2(tile) && weights == UK_BF16 ? UK_FP32 : weights;
}
/// Bytes of such a number.
static inline size_t uk_operand_size(enum uk_tile tile, enum uk_element weights) {
    return uk_element_size(uk_operand(tile, weights));
}
static inline size_t uk_padded(size_t count, size_t step) { return (count + step - 1) / step * step; }

/// Depth of a panel's columns, filled up with zeros: with AMX to whole tiles of weights, 64 bytes of depth.
static inline size_t uk_packed_depth(enum uk_tile tile, enum uk_element element, size_t depth) {
    return uk_padded(depth, tile == UK_TILE_AMX ? 64 / uk_element_size(element) : uk_depth_step(element));
}

/// Bytes of one column of int8 before its weights: what its sums begin with, and its scale.
enum { UK_INT8_COLUMN_HEAD = sizeof(int32_t) + sizeof(float) };

/// Bytes of one column of a panel.
static inline size_t uk_panel_column_size(enum uk_tile tile, enum uk_element element, size_t taps, size_t depth) {
    return taps * uk_packed_depth(tile, element, depth) * uk_element_size(element) +
           (element == UK_INT8 ? UK_INT8_COLUMN_HEAD : 0);
}

/// Vectors of columns in the panel that starts at this column.
static inline size_t uk_panel_vectors(enum uk_tile tile, size_t columns, size_t first) {
    size_t left = columns - first, lanes = uk_lanes(tile), panel = uk_panel_columns(tile);
    return (left < panel ? left + lanes - 1 : panel) / lanes;
}

/// What multiplies one tile: sums [rows, vectors x lanes] = a [rows, taps x depth] times one panel, whose weights are of the
/// element. `depth` is a multiple of its step.
typedef void uk_multiply_tile(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                              const struct uk_taps *taps, const void *panel, size_t depth, int continues, float *sums);
uk_multiply_tile uk_multiply_tile_amx, uk_multiply_tile_avx512, uk_multiply_tile_avx2, uk_multiply_tile_avx_vnni;

static inline uk_multiply_tile *uk_multiply_tile_of(enum uk_tile tile) {
    switch (tile) {
    case UK_TILE_AMX: return uk_multiply_tile_amx;
    case UK_TILE_AVX512: return uk_multiply_tile_avx512;
    case UK_TILE_AVX2: return uk_multiply_tile_avx2;
    case UK_TILE_AVX_VNNI: return uk_multiply_tile_avx_vnni;
    }
    __builtin_trap();
}

/// Gives up what the tiles of this thread took hold of, after the last one.
void uk_end_tiles_amx(void);
static inline void uk_end_tiles(enum uk_tile tile) {
    if (tile == UK_TILE_AMX) uk_end_tiles_amx();
}

/// What becomes of a tile of sums: `output` has the addresses of row 0 and column 0.
typedef void uk_finish_tile(const float *sums, size_t vectors, size_t rows, size_t columns,
                            const struct uk_output *output, size_t row, size_t column);
uk_finish_tile uk_finish_tile_avx512, uk_finish_tile_avx2;

/// Rows `first_row` ..< `last_row` of a [rows, taps x depth] times panels `first_panel` ..< `last_panel`; row 0 of a makes
/// row `output_row` of the output.
void uk_multiply(const void *a, size_t a_stride, const struct uk_taps *taps, const struct uk_panels *weights,
                 size_t first_row, size_t last_row, size_t first_panel, size_t last_panel,
                 const struct uk_output *output, size_t output_row);
#endif
