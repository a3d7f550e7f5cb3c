#include "tiles.h"

#if defined(__x86_64__)
#include <string.h>

/// Bytes of a row of a register, and its rows.
enum { ROW = 64, ROWS = 16 };

/// Which register holds what: four of sums, of 32 rows times 32 columns; two of operands, two of weights.
enum { SUMS = 0, OPERANDS = 4, WEIGHTS = 6 };

/// Rows of operands and sums that this thread's registers hold; 0: they are not in use.
static _Thread_local size_t configured = 0;

/// Registers hold so many rows of operands and sums as there are, up to 32: others are neither read nor written. To load this takes
/// a quarter of the time of a tile of a small layer, so it is done where it changes.
UK_AMX static inline __attribute__((always_inline)) void configure(size_t rows) {
    if (configured == rows) return;
    configured = rows;
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } registers = {.palette = 1};
    const size_t upper = rows < ROWS ? rows : ROWS, lower = rows - upper;
    const size_t of[8] = {upper, upper, lower, lower, upper, lower, ROWS, ROWS};
    for (size_t n = 0; n < 8; n++) {
        registers.row_bytes[n] = of[n] > 0 ? ROW : 0;
        registers.rows[n] = (uint8_t)of[n];
    }
    _tile_loadconfig(&registers);
}

/// Rows of operands times a panel.
struct product {
    /// Of operands; rows are `a_stride` bytes apart.
    const uint8_t *a;
    size_t a_stride;
    const struct uk_taps *taps;
    /// Bytes of the depth of a tap, and of an operand.
    size_t depth, operand;
    /// What whole numbers begin with; of no use to others.
    const uint8_t *starts;
    /// Of weights, then of sums; rows are `stride` bytes apart.
    const uint8_t *b;
    uint8_t *sums;
    size_t stride;
};

/// The end of a tap's depth that is no whole row of a register, with zeros behind it.
static __attribute__((noinline)) void fill_up(const struct product *product, const uint8_t *from, size_t count, size_t rows,
                                              uint8_t *copy) {
    memset(copy, 0, rows * ROW);
    for (size_t r = 0; r < rows; r++) memcpy(copy + r * ROW, from + r * product->a_stride, count);
}

#define MULTIPLY(sums, operands, weights)                                                                              \
    do {                                                                                                               \
        if (whole) {                                                                                                   \
            _tile_dpbusd(sums, operands, weights);                                                                     \
        } else {                                                                                                       \
            _tile_dpbf16ps(sums, operands, weights);                                                                   \
        }                                                                                                              \
    } while (0)

// Sums of whole numbers begin with what the panel has for their columns, the same in every row.
#define BEGIN(sums, vector)                                                                                            \
    do {                                                                                                               \
        if (whole) {                                                                                                   \
            _tile_loadd(sums, product->starts + (vector) * ROW, 0);                                                    \
        } else {                                                                                                       \
            _tile_zero(sums);                                                                                          \
        }                                                                                                              \
    } while (0)

/// Up to 32 rows from `row` times a panel of one or two vectors. `whole` (bytes, not bf16), `tall` (more than 16 rows) and `both`
/// (a second vector) are constants.
UK_AMX static inline __attribute__((always_inline)) void tile(const int whole, const int tall, const int both,
                                                              const struct product *product, size_t row, size_t rows) {
    uint8_t copy[2 * ROWS * ROW];
    const size_t stride = product->stride;
    const uint8_t *b = product->b;
    BEGIN(SUMS, 0);
    if (both) BEGIN(SUMS + 1, 1);
    if (tall) BEGIN(SUMS + 2, 0);
    if (tall && both) BEGIN(SUMS + 3, 1);
    for (size_t tap = 0; tap < product->taps->count; tap++) {
        const uint8_t *a = product->a + row * product->a_stride + product->taps->offsets[tap] * product->operand;
        for (size_t k = 0, a_stride = product->a_stride; k < product->depth; k += ROW, a += ROW, b += ROWS * stride) {
            if (product->depth - k < ROW) {
                fill_up(product, a, product->depth - k, rows, copy);
                a = copy;
                a_stride = ROW;
            }
            _tile_loadd(WEIGHTS, b, stride);
            _tile_loadd(OPERANDS, a, a_stride);
            MULTIPLY(SUMS, OPERANDS, WEIGHTS);
            if (tall) {
                _tile_loadd(OPERANDS + 1, a + ROWS * a_stride, a_stride);
                MULTIPLY(SUMS + 2, OPERANDS + 1, WEIGHTS);
            }
            if (both) {
                _tile_loadd(WEIGHTS + 1, b + ROW, stride);
                MULTIPLY(SUMS + 1, OPERANDS, WEIGHTS + 1);
                if (tall) MULTIPLY(SUMS + 3, OPERANDS + 1, WEIGHTS + 1);
            }
        }
    }
    uint8_t *upper = product->sums + row * stride, *lower = upper + ROWS * stride;
    _tile_stored(SUMS, upper, stride);
    if (both) _tile_stored(SUMS + 1, upper + ROW, stride);
    if (tall) _tile_stored(SUMS + 2, lower, stride);
    if (tall && both) _tile_stored(SUMS + 3, lower + ROW, stride);
}

/// All rows times a panel, in tiles of the same height: the last one begins where it has as many rows left, some of which the one
/// before it has multiplied too. `whole` and `both` are constants.
UK_AMX static inline __attribute__((always_inline)) void multiply(const int whole, const int both,
                                                                  const struct product *product, size_t rows) {
    const size_t tiles = (rows + 2 * ROWS - 1) / (2 * ROWS), height = (rows + tiles - 1) / tiles;
    configure(height);
    if (height <= ROWS) {
        tile(whole, 0, both, product, 0, height);
        return;
    }
    for (size_t n = 0; n < tiles; n++) {
        size_t row = n * height + height <= rows ? n * height : rows - height;
        tile(whole, 1, both, product, row, height);
    }
}

UK_AMX void uk_end_tiles_amx(void) {
    _tile_release();
    configured = 0;
}

/// Whole numbers become numbers: times the scales of their row and their column.
UK_AMX static void scale(const struct product *product, size_t rows, size_t vectors, const uint8_t *scales, float *sums) {
    for (size_t r = 0; r < rows; r++) {
        __m512 of_row = _mm512_set1_ps(*(const float *)(product->a + r * product->a_stride + product->depth));
        for (size_t v = 0; v < vectors; v++) {
            float *sum = sums + (r * vectors + v) * ROWS;
            __m512 factor = _mm512_mul_ps(of_row, _mm512_loadu_ps(scales + v * ROW));
            _mm512_storeu_ps(sum, _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_loadu_si512(sum)), factor));
        }
    }
}

UK_AMX void uk_multiply_tile_amx(enum uk_element element, size_t rows, size_t vectors, const void *a, size_t a_stride,
                                 const struct uk_taps *taps, const void *panel, size_t depth, int continues,
                                 float *sums) {
    (void)continues;
    const size_t size = uk_element_size(element), row = vectors * ROW;
    struct product product = {
        a, a_stride * size, taps, depth * size, size, .starts = panel, .b = panel, .sums = (uint8_t *)sums, .stride = row};
    if (element == UK_INT8) {
        product.b += vectors * ROWS * UK_INT8_COLUMN_HEAD;
        if (vectors == 1) {
            multiply(1, 0, &product, rows);
        } else {
            multiply(1, 1, &product, rows);
        }
        scale(&product, rows, vectors, product.starts + row, sums);
    } else if (element != UK_BF16) {
        __builtin_trap();
    } else if (vectors == 1) {
        multiply(0, 0, &product, rows);
    } else {
        multiply(0, 1, &product, rows);
    }
}
#endif
