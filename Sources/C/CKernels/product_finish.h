// What becomes of a tile of sums, written once and compiled for each tile's processor: whoever inlines it says for which.
#pragma once
#include "bf16.h"
#include "elementary.h"
#include "packed.h"

static inline __attribute__((always_inline)) float activated(float x, enum uk_activation activation) {
    return activation == UK_GELU ? uk_gelu(x) : activation == UK_SILU ? uk_silu(x) : x;
}

// What is written is none of what is read, and a row is some vectors: not to be unrolled into single numbers before it is seen so.
#define ACROSS_COLUMNS                                                                                                 \
    _Pragma("clang loop vectorize(assume_safety) unroll(disable)") for (size_t c = 0; c < columns; c++)

// `columns`, `result`, `activation` and `element` are constants wherever this is inlined.
static inline __attribute__((always_inline)) void finish_rows(
    const float *tile, size_t tile_stride, size_t rows, size_t columns, const struct uk_output *output, size_t row,
    size_t column, enum uk_result result, enum uk_activation activation, enum uk_element element) {
    const float *bias = output->bias + column;
    for (size_t r = 0; r < rows; r++) {
        const float *sums = tile + r * tile_stride;
        size_t at = (row + r) * output->stride + column;
        if (result == UK_ASSIGN && element == UK_BF16) {
            uint16_t *y = (uint16_t *)output->y + at;
            ACROSS_COLUMNS y[c] = uk_bf16(activated(sums[c] + bias[c], activation));
        } else if (result == UK_ASSIGN) {
            float *y = (float *)output->y + at;
            ACROSS_COLUMNS y[c] = activated(sums[c] + bias[c], activation);
        } else if (result == UK_ADD) {
            float *y = (float *)output->y + at;
            ACROSS_COLUMNS y[c] += sums[c] + bias[c];
        } else {
            float *y = (float *)output->y + at;
            const float *gate = output->gate + (row + r) * output->gate_stride + column;
            ACROSS_COLUMNS y[c] += gate[c] * (sums[c] + bias[c]);
        }
    }
}

static inline __attribute__((always_inline)) void finish_columns(
    const float *tile, size_t tile_stride, size_t rows, size_t columns, const struct uk_output *output, size_t row,
    size_t column) {
#define FINISH(result, activation, element)                                                                            \
    finish_rows(tile, tile_stride, rows, columns, output, row, column, result, activation, element)
#define FINISH_EITHER(activation)                                                                                      \
    if (output->element == UK_BF16) {                                                                                  \
        FINISH(UK_ASSIGN, activation, UK_BF16);                                                                        \
    } else {                                                                                                           \
        FINISH(UK_ASSIGN, activation, UK_FP32);                                                                        \
    }
    switch (output->result) {
    case UK_ADD: FINISH(UK_ADD, UK_IDENTITY, UK_FP32); break;
    case UK_ADD_GATED: FINISH(UK_ADD_GATED, UK_IDENTITY, UK_FP32); break;
    case UK_ASSIGN:
        switch (output->activation) {
        case UK_IDENTITY: FINISH_EITHER(UK_IDENTITY) break;
        case UK_GELU: FINISH_EITHER(UK_GELU) break;
        case UK_SILU: FINISH_EITHER(UK_SILU) break;
        }
    }
}
