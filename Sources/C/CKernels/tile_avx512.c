#include "tiles.h"

#if defined(__x86_64__)
#include "product_finish.h"

#define LANES 16
#define WORDS __m512i
#define LOAD(pointer, part) _mm512_loadu_si512(pointer)
#define STORE(pointer, sum) _mm512_storeu_ps(pointer, sum)
#define ANY_WIDTH(rows) TILE(rows, 1) TILE(rows, 2) TILE(rows, 3) TILE(rows, 4)
#define HALF_WIDTH(rows) TILE(rows, 1) TILE(rows, 2)
#define TILES                                                                                                          \
    ANY_WIDTH(1) ANY_WIDTH(2) ANY_WIDTH(3) ANY_WIDTH(4) ANY_WIDTH(5) ANY_WIDTH(6)                                      \
    HALF_WIDTH(7) HALF_WIDTH(8) HALF_WIDTH(9) HALF_WIDTH(10) HALF_WIDTH(11) HALF_WIDTH(12)

// What lies beside each other is multiplied at once, by operands of the same element.
#define WEIGHT ELEMENT
#define PARTS 1
#define FETCH_AHEAD(pointer)

#define PANEL_HEAD
#define SUM __m512
#define START(row, vector) _mm512_setzero_ps()
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
#define START(row, vector) _mm512_loadu_si512(head + (vector) * 64)
#define RESULT(sum, row, vector)                                                                                       \
    _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(_mm512_set1_ps(*(const float *)(a + (row) * a_stride + depth)), \
                                                         _mm512_loadu_ps(head + (vectors + (vector)) * 64)))
#define BROADCAST(pointer) _mm512_set1_epi32(*(const int *)(pointer))
#define MULTIPLY_ADD(sum, a, b) _mm512_dpbusd_epi32(sum, a, b)
#include "product_tile.h"

void uk_multiply_tile_avx512(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                             const struct uk_taps *taps, const void *panel, size_t depth, int continues, float *sums) {
    if (element == UK_INT8) {
        any_tile_int8(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    } else if (element == UK_BF16) {
        any_tile_bf16(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    } else {
        any_tile_fp32(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    }
}

UK_AVX512 void uk_finish_tile_avx512(const float *sums, size_t vectors, size_t rows, size_t columns,
                                     const struct uk_output *output, size_t row, size_t column) {
    if (columns == 64) {
        finish_columns(sums, 64, rows, 64, output, row, column);
    } else if (columns == 32 && vectors == 2) {
        finish_columns(sums, 32, rows, 32, output, row, column);
    } else {
        finish_columns(sums, vectors * LANES, rows, columns, output, row, column);
    }
}
#endif
