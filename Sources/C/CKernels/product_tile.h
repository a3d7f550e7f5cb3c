// One tile of a product against packed weights, written once for fp32, bf16 and int8 and included three times.
//
// The file that includes this defines ELEMENT (type of the operands), STEP (numbers of depth that one instruction
// takes), SUM (type of 16 sums), MULTIPLY_ADD(sum, a, b), BROADCAST(pointer), TARGET and NAME(function); what a panel begins
// with, PANEL_HEAD; what a sum begins with, START(vector), and what becomes of it, RESULT(sum, row, vector).

// Every sum runs over the depth from first to last in one register, whatever the number of rows and columns around it:
// so a row's result does not depend on how many other rows there are.
TARGET static inline __attribute__((always_inline)) void NAME(tile)(
    const size_t rows, const size_t vectors, const ELEMENT *a, size_t a_stride, const struct uk_taps *taps,
    const ELEMENT *b, size_t depth, float *tile) {
    SUM sums[12][4];
    PANEL_HEAD
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) sums[i][j] = START(j);
    }
    for (size_t tap = 0; tap < taps->count; tap++) {
        const ELEMENT *from = a + taps->offsets[tap];
        for (size_t k = 0; k < depth; k += STEP) {
            __m512i weights[4];
#pragma clang loop unroll(full)
            for (size_t j = 0; j < vectors; j++) weights[j] = _mm512_loadu_si512(b + j * 16 * STEP);
#pragma clang loop unroll(full)
            for (size_t i = 0; i < rows; i++) {
                __m512i value = BROADCAST(from + i * a_stride + k);
#pragma clang loop unroll(full)
                for (size_t j = 0; j < vectors; j++) sums[i][j] = MULTIPLY_ADD(sums[i][j], value, weights[j]);
            }
            b += vectors * 16 * STEP;
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) _mm512_storeu_ps(tile + (i * vectors + j) * 16, RESULT(sums[i][j], i, j));
    }
}

#define CASE(rows, vectors)                                                                                            \
    case (rows) * 8 + (vectors): NAME(tile)(rows, vectors, a, a_stride, taps, b, depth, tile); break;
#define CASES(rows) CASE(rows, 1) CASE(rows, 2) CASE(rows, 3) CASE(rows, 4)

/// tile [rows, vectors * 16] = a [rows, taps * depth] times one panel of `vectors` x 16 columns.
TARGET static void NAME(any_tile)(size_t rows, size_t vectors, const ELEMENT *a, size_t a_stride,
                                  const struct uk_taps *taps, const ELEMENT *b, size_t depth, float *tile) {
    switch (rows * 8 + vectors) {
        CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6)
        CASE(7, 1) CASE(8, 1) CASE(9, 1) CASE(10, 1) CASE(11, 1) CASE(12, 1)
        CASE(7, 2) CASE(8, 2) CASE(9, 2) CASE(10, 2) CASE(11, 2) CASE(12, 2)
    }
}
#undef CASES
#undef CASE

// What was defined for this copy; the next one brings its own.
#undef TARGET
#undef NAME
#undef ELEMENT
#undef STEP
#undef BROADCAST
#undef MULTIPLY_ADD
