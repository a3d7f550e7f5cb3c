#include "tiles.h"

#if defined(__x86_64__)
#include "product_finish.h"

#define LANES 8
#define WORDS __m256
#define STORE(pointer, sum) _mm256_storeu_ps(pointer, sum)
#define ANY_WIDTH(rows) TILE(rows, 1) TILE(rows, 2)
#define TILES ANY_WIDTH(1) ANY_WIDTH(2) ANY_WIDTH(3) ANY_WIDTH(4) ANY_WIDTH(5) ANY_WIDTH(6)

// Panels lie one after the other. What comes in 32 steps is asked for now: the processor by itself stops at every page.
#define FETCH_AHEAD(pointer) _mm_prefetch((const char *)(pointer) + 2048, _MM_HINT_T0);
#define PANEL_HEAD
#define SUM __m256
#define START(row, vector)                                                                                              \
    (continues ? _mm256_loadu_ps(tile + ((row) * vectors + (vector)) * LANES) : _mm256_setzero_ps())
#define RESULT(sum, row, vector) (sum)

// Operands are fp32, whatever the weights are.
#define TARGET UK_AVX2
#define NAME(function) function##_fp32
#define ELEMENT float
#define WEIGHT float
#define STEP 1
#define PARTS 1
#define LOAD(pointer, part) _mm256_loadu_ps(pointer)
#define BROADCAST(pointer) _mm256_broadcast_ss(pointer)
#define MULTIPLY_ADD(sum, a, b) _mm256_fmadd_ps(a, b, sum)
#include "product_tile.h"
#undef WEIGHT
#undef PARTS
#undef LOAD

// A word has two numbers of depth of a column, each of which is the upper half of an fp32 number: the first one in the lower
// half. One after the other becomes fp32 and is multiplied, so that the sums are those of the same weights in fp32, bit for bit.
#define TARGET UK_AVX2
#define NAME(function) function##_bf16
#define ELEMENT float
#define WEIGHT uint16_t
#define STEP 2
#define PARTS 2
#define LOAD(pointer, part)                                                                                            \
    _mm256_castsi256_ps((part) == 0 ? _mm256_slli_epi32(_mm256_loadu_si256((const __m256i *)(pointer)), 16)             \
                                    : _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(pointer)),                  \
                                                       _mm256_set1_epi32((int)0xFFFF0000)))
#define BROADCAST(pointer) _mm256_broadcast_ss(pointer)
#define MULTIPLY_ADD(sum, a, b) _mm256_fmadd_ps(a, b, sum)
#include "product_tile.h"
#undef WORDS
#undef WEIGHT
#undef PARTS
#undef LOAD
#undef PANEL_HEAD
#undef SUM
#undef START
#undef RESULT

// Exact sums of products of bytes, in 32 bits; a panel begins as with AVX-512.
#define WORDS __m256i
#define WEIGHT ELEMENT
#define PARTS 1
#define LOAD(pointer, part) _mm256_loadu_si256((const __m256i *)(pointer))
#define SUM __m256i
#define PANEL_HEAD                                                                                                     \
    const uint8_t *head = b;                                                                                           \
    b += vectors * LANES * UK_INT8_COLUMN_HEAD;
#define RESULT(sum, row, vector)                                                                                       \
    _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_mul_ps(_mm256_broadcast_ss((const float *)(a + (row) * a_stride + depth)), \
                                                         _mm256_loadu_ps((const float *)(head + (vectors + (vector)) * 32))))

#define TARGET UK_AVX_VNNI
#define NAME(function) function##_vnni
#define ELEMENT uint8_t
#define STEP 4
#define START(row, vector) _mm256_loadu_si256((const __m256i *)(head + (vector) * 32))
#define BROADCAST(pointer) _mm256_set1_epi32(*(const int *)(pointer))
#define MULTIPLY_ADD(sum, a, b) _mm256_dpbusd_avx_epi32(sum, a, b)
#include "product_tile.h"
#undef START

// Without such an instruction pairs of products are summed up in 16 bits, which two times 127 * 127 do not leave. One factor must be
// unsigned: it is |w|, and the operand, whose offset is taken out here, takes the weight's sign.
#define TARGET UK_AVX2
#define NAME(function) function##_int8
#define ELEMENT uint8_t
#define STEP 4
#define START(row, vector) _mm256_setzero_si256()
#define BROADCAST(pointer) _mm256_xor_si256(_mm256_set1_epi32(*(const int *)(pointer)), _mm256_set1_epi8(-128))
#define MULTIPLY_ADD(sum, a, b)                                                                                        \
    _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_abs_epi8(b), _mm256_sign_epi8(a, b)),          \
                                            _mm256_set1_epi16(1)))
#include "product_tile.h"

static void multiply(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                     const struct uk_taps *taps, const void *panel, size_t depth, int continues, float *sums) {
    if (element == UK_BF16) {
        any_tile_bf16(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    } else {
        any_tile_fp32(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    }
}

void uk_multiply_tile_avx2(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                           const struct uk_taps *taps, const void *panel, size_t depth, int continues, float *sums) {
    if (element == UK_INT8) {
        any_tile_int8(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    } else {
        multiply(element, rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    }
}

void uk_multiply_tile_avx_vnni(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                               const struct uk_taps *taps, const void *panel, size_t depth, int continues,
                               float *sums) {
    if (element == UK_INT8) {
        any_tile_vnni(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    } else {
        multiply(element, rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
    }
}

UK_AVX2 void uk_finish_tile_avx2(const float *sums, size_t vectors, size_t rows, size_t columns,
                                 const struct uk_output *output, size_t row, size_t column) {
    if (columns == 16) {
        finish_columns(sums, 16, rows, 16, output, row, column);
    } else {
        finish_columns(sums, vectors * LANES, rows, columns, output, row, column);
    }
}
#endif
