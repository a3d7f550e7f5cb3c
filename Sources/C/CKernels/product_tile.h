// One tile of a product against packed weights, written once for all processors and elements and included for each.
//
// The file that includes this defines ELEMENT (type of the operands), WEIGHT (type of the weights), STEP (numbers of depth that
// lie beside each other in a panel, for each column), PARTS (how many instructions, one after the other, take those), LANES
// (columns of a vector), WORDS (type of a vector of operands) with LOAD(pointer, part), FETCH_AHEAD(pointer) to have later
// weights brought near, SUM (type of a vector of sums), STORE(pointer, sum), MULTIPLY_ADD(sum, a, b), BROADCAST(pointer), TARGET
// and NAME(function); what a panel begins with, PANEL_HEAD; what a sum begins with, START(row, vector), what is in the tile if it
// `continues`; what becomes of it, RESULT(sum, row, vector); and TILES, a TILE(rows, vectors) for each that there are registers
// for.

// Every sum runs over the depth from first to last in one register, whatever the number of rows and columns around it:
// so a row's result does not depend on how many other rows there are.
TARGET static inline __attribute__((always_inline)) void NAME(tile)(
    const size_t rows, const size_t vectors, const ELEMENT *a, size_t a_stride, const struct uk_taps *taps,
    const WEIGHT *b, size_t depth, int continues, float *tile) {
    (void)continues;
    SUM sums[12][4];
    PANEL_HEAD
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) sums[i][j] = START(i, j);
    }
    for (size_t tap = 0; tap < taps->count; tap++) {
        const ELEMENT *from = a + taps->offsets[tap];
        for (size_t k = 0; k < depth; k += STEP) {
#pragma clang loop unroll(full)
            for (size_t part = 0; part < PARTS; part++) {
                // The words are loaded again, rather than kept in registers that sums need.
                if (part > 0) __asm__("" : "+r"(b));
                WORDS weights[4];
#pragma clang loop unroll(full)
                for (size_t j = 0; j < vectors; j++) weights[j] = LOAD(b + j * LANES * STEP, part);
#pragma clang loop unroll(full)
                for (size_t i = 0; i < rows; i++) {
                    WORDS value = BROADCAST(from + i * a_stride + k + part * (STEP / PARTS));
#pragma clang loop unroll(full)
                    for (size_t j = 0; j < vectors; j++) sums[i][j] = MULTIPLY_ADD(sums[i][j], value, weights[j]);
                }
            }
            FETCH_AHEAD(b)
            b += vectors * LANES * STEP;
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < vectors; j++) STORE(tile + (i * vectors + j) * LANES, RESULT(sums[i][j], i, j));
    }
}

#define TILE(rows, vectors)                                                                                            \
    case (rows) * 8 + (vectors): NAME(tile)(rows, vectors, a, a_stride, taps, b, depth, continues, tile); break;

/// tile [rows, vectors x LANES] = a [rows, taps * depth] times one panel of `vectors`.
TARGET static void NAME(any_tile)(size_t rows, size_t vectors, const ELEMENT *a, size_t a_stride,
                                  const struct uk_taps *taps, const WEIGHT *b, size_t depth, int continues,
                                  float *tile) {
    switch (rows * 8 + vectors) {
        TILES
    }
}
#undef TILE

// What was defined for this copy; the next one brings its own.
#undef TARGET
#undef NAME
#undef ELEMENT
#undef STEP
#undef BROADCAST
#undef MULTIPLY_ADD
