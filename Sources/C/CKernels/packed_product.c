#include "avx512.h"

#if defined(__x86_64__)
#include <string.h>

#include "bf16.h"
#include "elementary.h"
#include "quantise.h"

#define PANEL_HEAD
#define SUM __m512
#define START(vector) _mm512_setzero_ps()
#define RESULT(sum, row, vector) (sum)

#define TARGET UK_AVX512_BF16
#define NAME(function) function##_bf16
#define ELEMENT uint16_t
#define STEP 2
#define BROADCAST(pointer) _mm512_set1_epi32(*(const int *)(pointer))
#define MULTIPLY_ADD(sum, a, b) _mm512_dpbf16_ps(sum, (__m512bh)(a), (__m512bh)(b))
#include "product_tile.h"

#define TARGET UK_AVX512
#define NAME(function) function##_fp32
#define ELEMENT float
#define STEP 1
#define BROADCAST(pointer) _mm512_castps_si512(_mm512_set1_ps(*(pointer)))
#define MULTIPLY_ADD(sum, a, b) _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sum)
#include "product_tile.h"

#undef PANEL_HEAD
#undef SUM
#undef START
#undef RESULT

// Sums of products of unsigned and signed bytes, in 32 bits, exact. A panel begins with what takes the operands' offset of 128
// out again, -128 times the sum of each column's weights, and with the columns' scales.
#define TARGET UK_AVX512_VNNI
#define NAME(function) function##_int8
#define ELEMENT uint8_t
#define STEP 4
#define SUM __m512i
#define PANEL_HEAD                                                                                                     \
    const uint8_t *head = b;                                                                                           \
    b += vectors * 16 * UK_INT8_COLUMN_HEAD;
#define START(vector) _mm512_loadu_si512(head + (vector) * 64)
#define RESULT(sum, row, vector)                                                                                       \
    _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(_mm512_set1_ps(*(const float *)(a + (row) * a_stride + depth)), \
                                                         _mm512_loadu_ps(head + (vectors + (vector)) * 64)))
#define BROADCAST(pointer) _mm512_set1_epi32(*(const int *)(pointer))
#define MULTIPLY_ADD(sum, a, b) _mm512_dpbusd_epi32(sum, a, b)
#include "product_tile.h"

#undef PANEL_HEAD
#undef SUM
#undef START
#undef RESULT

void uk_tile(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
             const struct uk_taps *taps, const void *panel, size_t depth, float *tile) {
    if (element == UK_INT8) {
        any_tile_int8(rows, vectors, a, a_stride, taps, panel, depth, tile);
    } else if (element == UK_BF16) {
        any_tile_bf16(rows, vectors, a, a_stride, taps, panel, depth, tile);
    } else {
        any_tile_fp32(rows, vectors, a, a_stride, taps, panel, depth, tile);
    }
}

size_t uk_panels_size(enum uk_element element, size_t columns, size_t taps, size_t depth) {
    return uk_padded(columns, 16) * uk_panel_column_size(element, taps, depth);
}

/// Columns of 8 bits, each with a scale of its own: |w|max / 127.
static void pack_int8(const float *weight, size_t columns, size_t depth, uint8_t *data) {
    size_t padded = uk_padded(depth, 4);
    for (size_t first = 0; first < columns; first += UK_PANEL_COLUMNS) {
        size_t width = uk_panel_vectors(columns, first) * 16;
        int32_t *starts = (int32_t *)data;
        float *scales = (float *)data + width;
        int8_t *numbers = (int8_t *)data + width * UK_INT8_COLUMN_HEAD;
        memset(data, 0, width * uk_panel_column_size(UK_INT8, 1, depth));
        for (size_t c = 0; c < width && first + c < columns; c++) {
            const float *column = weight + (first + c) * depth;
            int32_t highest = 0, sum = 0;
            for (size_t k = 0; k < depth; k++) {
                int32_t magnitude = uk_magnitude(column[k]);
                highest = magnitude > highest ? magnitude : highest;
            }
            struct uk_scale of_column = uk_scale_of(highest);
            for (size_t k = 0; k < depth; k++) {
                int32_t number = uk_quantum(column[k], of_column.inverse);
                sum += number;
                numbers[(k / 4 * width + c) * 4 + k % 4] = (int8_t)number;
            }
            starts[c] = -128 * sum;
            scales[c] = of_column.scale;
        }
        data += width * (padded + UK_INT8_COLUMN_HEAD);
    }
}

// Panel after panel; in a panel the depth from first to last, `step` numbers of each column beside each other.
void uk_panels_pack(const float *weight, enum uk_element element, size_t columns, size_t taps, size_t depth,
                    void *data) {
    if (element == UK_INT8) {
        pack_int8(weight, columns, depth, data);
        return;
    }
    size_t step = uk_depth_step(element), padded = uk_padded(depth, step), next = 0;
    for (size_t first = 0; first < columns; first += UK_PANEL_COLUMNS) {
        size_t width = uk_panel_vectors(columns, first) * 16;
        for (size_t tap = 0; tap < taps; tap++) {
            for (size_t k = 0; k < padded; k += step) {
                for (size_t c = first; c < first + width; c++) {
                    for (size_t s = k; s < k + step; s++, next++) {
                        float value = c < columns && s < depth ? weight[(c * taps + tap) * depth + s] : 0;
                        if (element == UK_BF16) {
                            ((uint16_t *)data)[next] = uk_bf16(value);
                        } else {
                            ((float *)data)[next] = value;
                        }
                    }
                }
            }
        }
    }
}

UK_AVX512 static inline __attribute__((always_inline)) float activated(float x, enum uk_activation activation) {
    return activation == UK_GELU ? uk_gelu(x) : activation == UK_SILU ? uk_silu(x) : x;
}

// `columns`, `result`, `activation` and `element` are constants wherever this is inlined.
UK_AVX512 static inline __attribute__((always_inline)) void finish_rows(
    const float *tile, size_t tile_stride, size_t rows, size_t columns, const struct uk_output *output, size_t row,
    size_t column, enum uk_result result, enum uk_activation activation, enum uk_element element) {
    const float *bias = output->bias + column;
    for (size_t r = 0; r < rows; r++) {
        const float *sums = tile + r * tile_stride;
        size_t at = (row + r) * output->stride + column;
        if (result == UK_ASSIGN && element == UK_BF16) {
            uint16_t *y = (uint16_t *)output->y + at;
            for (size_t c = 0; c < columns; c++) y[c] = uk_bf16(activated(sums[c] + bias[c], activation));
        } else if (result == UK_ASSIGN) {
            float *y = (float *)output->y + at;
            for (size_t c = 0; c < columns; c++) y[c] = activated(sums[c] + bias[c], activation);
        } else if (result == UK_ADD) {
            float *y = (float *)output->y + at;
            for (size_t c = 0; c < columns; c++) y[c] += sums[c] + bias[c];
        } else {
            float *y = (float *)output->y + at;
            const float *gate = output->gate + (row + r) * output->gate_stride + column;
            for (size_t c = 0; c < columns; c++) y[c] += gate[c] * (sums[c] + bias[c]);
        }
    }
}

UK_AVX512 static inline __attribute__((always_inline)) void finish_columns(
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

/// What becomes of a tile: `output` has the addresses of row 0 and column 0.
UK_AVX512 static void finish(const float *tile, size_t vectors, size_t rows, size_t columns,
                             const struct uk_output *output, size_t row, size_t column) {
    if (columns == UK_PANEL_COLUMNS) {
        finish_columns(tile, UK_PANEL_COLUMNS, rows, UK_PANEL_COLUMNS, output, row, column);
    } else {
        finish_columns(tile, vectors * 16, rows, columns, output, row, column);
    }
}

void uk_multiply(const void *a, size_t a_stride, const struct uk_taps *taps, const struct uk_panels *weights,
                 size_t first_row, size_t last_row, size_t first_panel, size_t last_panel,
                 const struct uk_output *output, size_t output_row) {
    size_t size = uk_element_size(weights->element);
    size_t depth = uk_padded(weights->depth, uk_depth_step(weights->element));
    size_t column_size = uk_panel_column_size(weights->element, weights->taps, weights->depth);
    float tile[UK_TILE_NUMBERS];
    for (size_t panel = first_panel; panel < last_panel; panel++) {
        size_t column = panel * UK_PANEL_COLUMNS;
        size_t left = weights->columns - column;
        size_t columns = left < UK_PANEL_COLUMNS ? left : UK_PANEL_COLUMNS;
        size_t vectors = uk_panel_vectors(weights->columns, column), most = uk_tile_rows(vectors);
        const char *packed = (const char *)weights->data + column * column_size;
        for (size_t row = first_row; row < last_row; row += most) {
            size_t rows = last_row - row < most ? last_row - row : most;
            uk_tile(weights->element, rows, vectors, (const char *)a + row * a_stride * size, a_stride, taps, packed,
                    depth, tile);
            finish(tile, vectors, rows, columns, output, output_row + row, column);
        }
    }
}

void uk_packed_product(const void *a, size_t a_stride, const struct uk_panels *weights, size_t first_row,
                       size_t last_row, size_t first_panel, size_t last_panel, const struct uk_output *output) {
    const size_t start = 0;
    const struct uk_taps whole = {1, &start};
    uk_multiply(a, a_stride, &whole, weights, first_row, last_row, first_panel, last_panel, output, 0);
}
#endif
