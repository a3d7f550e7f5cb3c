#include "tiles.h"

#if defined(__x86_64__)
#include <string.h>

#include "bf16.h"
#include "quantise.h"

size_t uk_panel_columns(enum uk_tile tile) {
    switch (tile) {
    case UK_TILE_AMX: return 32;
    case UK_TILE_AVX512: return 64;
    case UK_TILE_AVX2:
    case UK_TILE_AVX_VNNI: return 16;
    }
    __builtin_trap();
}
size_t uk_tile_rows(enum uk_tile tile) {
    switch (tile) {
    case UK_TILE_AMX: return 32;
    case UK_TILE_AVX512: return 12;
    case UK_TILE_AVX2:
    case UK_TILE_AVX_VNNI: return 6;
    }
    __builtin_trap();
}

size_t uk_panels_size(enum uk_tile tile, enum uk_element element, size_t columns, size_t taps, size_t depth) {
    return uk_padded(columns, uk_lanes(tile)) * uk_panel_column_size(tile, element, taps, depth);
}

/// Weights that become int8, or are: fp32 [columns, depth], or numbers [columns, depth] with a scale for each column.
struct int8_source {
    const float *weight;
    const int8_t *numbers;
    const float *scales;
};

/// Of a column: |w|max / 127.
static struct uk_scale scale_of_column(const float *column, size_t depth) {
    int32_t highest = 0;
    for (size_t k = 0; k < depth; k++) {
        int32_t magnitude = uk_magnitude(column[k]);
        highest = magnitude > highest ? magnitude : highest;
    }
    return uk_scale_of(highest);
}

/// Columns of 8 bits, each with a scale of its own.
static void pack_int8(enum uk_tile tile, struct int8_source source, size_t columns, size_t depth, uint8_t *data) {
    for (size_t first = 0; first < columns; first += uk_panel_columns(tile)) {
        size_t width = uk_panel_vectors(tile, columns, first) * uk_lanes(tile);
        int32_t *starts = (int32_t *)data;
        float *scales = (float *)data + width;
        int8_t *numbers = (int8_t *)data + width * UK_INT8_COLUMN_HEAD;
        memset(data, 0, width * uk_panel_column_size(tile, UK_INT8, 1, depth));
        for (size_t c = 0; c < width && first + c < columns; c++) {
            size_t start = (first + c) * depth;
            struct uk_scale of_column = source.weight ? scale_of_column(source.weight + start, depth)
                                                      : (struct uk_scale){source.scales[first + c], 0};
            int32_t sum = 0;
            for (size_t k = 0; k < depth; k++) {
                int32_t number = source.weight ? uk_quantum(source.weight[start + k], of_column.inverse)
                                               : source.numbers[start + k];
                sum += number;
                numbers[(k / 4 * width + c) * 4 + k % 4] = (int8_t)number;
            }
            starts[c] = -128 * sum;
            scales[c] = of_column.scale;
        }
        data += width * uk_panel_column_size(tile, UK_INT8, 1, depth);
    }
}

void uk_panels_pack_int8(enum uk_tile tile, const int8_t *numbers, const float *scales, size_t columns, size_t depth,
                         void *data) {
    pack_int8(tile, (struct int8_source){.numbers = numbers, .scales = scales}, columns, depth, data);
}

// Panel after panel; in a panel the depth from first to last, `step` numbers of each column beside each other.
void uk_panels_pack(enum uk_tile tile, const float *weight, enum uk_element element, size_t columns, size_t taps,
                    size_t depth, void *data) {
    if (element == UK_INT8) {
        pack_int8(tile, (struct int8_source){.weight = weight}, columns, depth, data);
        return;
    }
    size_t step = uk_depth_step(element), padded = uk_packed_depth(tile, element, depth), next = 0;
    for (size_t first = 0; first < columns; first += uk_panel_columns(tile)) {
        size_t width = uk_panel_vectors(tile, columns, first) * uk_lanes(tile);
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

/// How many rows, panels and numbers of depth are multiplied before the next ones.
struct pass {
    size_t rows, panels, depth;
};
/// With AVX2: operands that stay in a second-level cache of 512 KB with their sums, and a panel's part that stays in the first.
enum { PASS_ROWS = 96, PASS_PANELS = 8, PASS_DEPTH = 256, PASS_NUMBERS = PASS_ROWS * PASS_PANELS * 16 };
/// With AMX.
enum { AMX_ROWS = 128 };

size_t uk_pass_rows(enum uk_tile tile) { return uk_is_avx2(tile) ? PASS_ROWS : uk_tile_rows(tile); }

/// Rows that are multiplied with so many vectors in one call: as many as a tile has room for; with AMX all of a pass.
static size_t rows_of(enum uk_tile tile, size_t vectors) {
    if (tile == UK_TILE_AMX) return AMX_ROWS;
    return tile == UK_TILE_AVX512 && vectors > 2 ? 6 : uk_tile_rows(tile);
}

/// With AVX-512 and AMX every tile takes its whole depth: its operands come from the second-level cache fast enough. So does int8
/// with AVX2, of which a whole depth is near, and so do few rows, whose weights are best read from first to last. With AMX a panel
/// is used for several tiles while it is near.
static struct pass pass_of(enum uk_tile tile, enum uk_element element, size_t vectors, size_t rows) {
    size_t most = rows_of(tile, vectors);
    if (tile == UK_TILE_AMX) return (struct pass){AMX_ROWS, 1, SIZE_MAX};
    if (uk_is_avx2(tile) && element != UK_INT8 && rows > 2 * most) {
        return (struct pass){PASS_ROWS, PASS_PANELS, PASS_DEPTH};
    }
    return (struct pass){most, 1, SIZE_MAX};
}

/// What multiplies some rows, which begin at `a`.
struct sweep {
    uk_multiply_tile *multiply;
    const struct uk_panels *weights;
    const char *a;
    size_t a_stride, rows;
};

/// sums [rows, columns of the panel] = the rows' parts that `taps` name, `depth` numbers each, times those that lie in the panel
/// from `at` on; added to what is there if it `continues`.
static void multiply_panel(const struct sweep *sweep, size_t panel, const struct uk_taps *taps, size_t at, size_t depth,
                           int continues, float *sums) {
    const struct uk_panels *weights = sweep->weights;
    const enum uk_tile tile = weights->tile;
    size_t a_size = uk_operand_size(tile, weights->element), column = panel * uk_panel_columns(tile);
    size_t vectors = uk_panel_vectors(tile, weights->columns, column), columns = vectors * uk_lanes(tile);
    const char *packed = (const char *)weights->data + at * columns * uk_element_size(weights->element) +
                         column * uk_panel_column_size(tile, weights->element, weights->taps, weights->depth);
    for (size_t row = 0, most = rows_of(tile, vectors); row < sweep->rows; row += most) {
        size_t rows = sweep->rows - row < most ? sweep->rows - row : most;
        sweep->multiply(weights->element, rows, vectors, sweep->a + row * sweep->a_stride * a_size, sweep->a_stride,
                        taps, packed, depth, continues, sums + row * columns);
    }
}

/// The same for some panels, part of the depth after part: a part of the rows is used for all of them while it is near.
static void multiply_in_parts(const struct sweep *sweep, size_t first, size_t end, const struct uk_taps *taps,
                              size_t depth, struct pass pass, float *sums) {
    const size_t numbers = pass.rows * uk_panel_columns(sweep->weights->tile);
    for (size_t tap = 0; tap < taps->count; tap++) {
        for (size_t k = 0; k < depth; k += pass.depth) {
            const size_t offset = taps->offsets[tap] + k, length = depth - k < pass.depth ? depth - k : pass.depth;
            const struct uk_taps part = {1, &offset};
            for (size_t panel = first; panel < end; panel++) {
                multiply_panel(sweep, panel, &part, tap * depth + k, length, tap + k > 0,
                               sums + (panel - first) * numbers);
            }
        }
    }
}

void uk_multiply(const void *a, size_t a_stride, const struct uk_taps *taps, const struct uk_panels *weights,
                 size_t first_row, size_t last_row, size_t first_panel, size_t last_panel,
                 const struct uk_output *output, size_t output_row) {
    const enum uk_tile tile = weights->tile;
    uk_finish_tile *finish = uk_is_avx2(tile) ? uk_finish_tile_avx2 : uk_finish_tile_avx512;
    const size_t most = uk_panel_columns(tile), depth = uk_padded(weights->depth, uk_depth_step(weights->element));
    struct sweep sweep = {uk_multiply_tile_of(tile), weights, a, a_stride, 0};
    float sums[PASS_NUMBERS];
    for (size_t first = first_panel, end; first < last_panel; first = end) {
        size_t vectors = uk_panel_vectors(tile, weights->columns, first * most);
        const struct pass pass = pass_of(tile, weights->element, vectors, last_row - first_row);
        end = last_panel - first < pass.panels ? last_panel : first + pass.panels;
        for (size_t row = first_row; row < last_row; row += pass.rows) {
            sweep.a = (const char *)a + row * a_stride * uk_operand_size(tile, weights->element);
            sweep.rows = last_row - row < pass.rows ? last_row - row : pass.rows;
            if (pass.depth == SIZE_MAX) {
                multiply_panel(&sweep, first, taps, 0, depth, 0, sums);
            } else {
                multiply_in_parts(&sweep, first, end, taps, depth, pass, sums);
            }
            for (size_t panel = first; panel < end; panel++) {
                size_t column = panel * most, left = weights->columns - column;
                finish(sums + (panel - first) * pass.rows * most, uk_panel_vectors(tile, weights->columns, column),
                       sweep.rows, left < most ? left : most, output, output_row + row, column);
            }
        }
    }
    uk_end_tiles(tile);
}

void uk_packed_product(const void *a, size_t a_stride, const struct uk_panels *weights, size_t first_row,
                       size_t last_row, size_t first_panel, size_t last_panel, const struct uk_output *output) {
    const size_t start = 0;
    const struct uk_taps whole = {1, &start};
    uk_multiply(a, a_stride, &whole, weights, first_row, last_row, first_panel, last_panel, output, 0);
}
#endif
