#include "tiles.h"

#if defined(__x86_64__)
#include "product_finish.h"

#define LANES 8
#define WORDS __m256
#define LOAD(pointer) _mm256_loadu_ps(pointer)
#define STORE(pointer, sum) _mm256_storeu_ps(pointer, sum)
#define ANY_WIDTH(rows) TILE(rows, 1) TILE(rows, 2)
#define TILES ANY_WIDTH(1) ANY_WIDTH(2) ANY_WIDTH(3) ANY_WIDTH(4) ANY_WIDTH(5) ANY_WIDTH(6)

#define PANEL_HEAD
#define SUM __m256
#define START(row, vector)                                                                                              \
    (continues ? _mm256_loadu_ps(tile + ((row) * vectors + (vector)) * LANES) : _mm256_setzero_ps())
#define RESULT(sum, row, vector) (sum)

#define TARGET UK_AVX2
#define NAME(function) function##_fp32
#define ELEMENT float
#define STEP 1
#define BROADCAST(pointer) _mm256_broadcast_ss(pointer)
#define MULTIPLY_ADD(sum, a, b) _mm256_fmadd_ps(a, b, sum)
#include "product_tile.h"

void uk_multiply_tile_avx2(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                           const struct uk_taps *taps, const void *panel, size_t depth, int continues, float *sums) {
    (void)element;
    any_tile_fp32(rows, vectors, a, a_stride, taps, panel, depth, continues, sums);
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
