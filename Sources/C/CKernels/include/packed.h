// Products, attention and convolutions against packed operands, for x86 processors with AVX-512, or with AVX2 and FMA.
//
// Operands and weights are of the same element. They are fp32 or bf16, and their sums are fp32; or they are int8
// (`quantised.h`), whose sums are whole numbers of 32 bits, exact, and then multiplied with the scales of row and column. But
// with AVX2 the operands of weights in bf16 are fp32: the weights become fp32 as they are multiplied. Each sum runs over its
// depth in order, in one register, so a result does not depend on the number of rows or columns that are computed beside it,
// nor on who computes them.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "channels.h"
#include "elements.h"

#if defined(__x86_64__)
#pragma clang assume_nonnull begin

/// What a product is computed in: so many rows and columns that their sums fill the registers.
/// None is 0: a tile that was forgotten is none.
enum uk_tile {
    /// 6 rows and 64 columns, or 12 and 32.
    UK_TILE_AVX512 = 1,
    /// 6 rows and 16 columns, with FMA.
    UK_TILE_AVX2,
    /// The same, and bytes are multiplied with AVX-VNNI. What it computes is the same too.
    UK_TILE_AVX_VNNI,
    /// 32 rows and 32 columns, in the registers of AMX; all but the products is done with AVX-512.
    UK_TILE_AMX
};

/// Columns of a full panel of packed weights.
size_t uk_panel_columns(enum uk_tile tile);
/// Most rows of a tile.
size_t uk_tile_rows(enum uk_tile tile);
/// Rows that `uk_packed_product` takes at once where it takes one part of their depth after the other; else those of a tile.
size_t uk_pass_rows(enum uk_tile tile);

/// Weights of a product with `columns` results, each the sum over `taps` x `depth` numbers.
struct uk_panels {
    enum uk_tile tile;
    const void *data;
    enum uk_element element;
    size_t columns, taps, depth;
};

/// Bytes of packed weights.
size_t uk_panels_size(enum uk_tile tile, enum uk_element element, size_t columns, size_t taps, size_t depth);

/// Packs weight [columns, taps, depth] into `data`.
void uk_panels_pack(enum uk_tile tile, const float *weight, enum uk_element element, size_t columns, size_t taps,
                    size_t depth, void *data);

/// The same for weights [columns, depth] that are int8 already, -127...127, with a scale for each column.
void uk_panels_pack_int8(enum uk_tile tile, const int8_t *numbers, const float *scales, size_t columns, size_t depth,
                         void *data);

enum uk_result {
    /// y = act(sum + bias)
    UK_ASSIGN,
    /// y += sum + bias; y is fp32
    UK_ADD,
    /// y += gate * (sum + bias); y is fp32
    UK_ADD_GATED
};

/// What becomes of the sums of a product: y [rows, columns], rows `stride` apart.
struct uk_output {
    void *y;
    size_t stride;
    enum uk_element element;
    enum uk_result result;
    enum uk_activation activation;
    /// One number per column.
    const float *bias;
    /// One row per row of y, `gate_stride` apart; for UK_ADD_GATED.
    const float *_Nullable gate;
    size_t gate_stride;
};

/// Rows `first_row` ..< `last_row` of a [rows, depth] times panels `first_panel` ..< `last_panel`.
/// Rows of a are `a_stride` operands apart, and are read up to the depth rounded up to 2 for weights in bf16, for int8 up to 4 and
/// with the scale behind; taps must be 1.
void uk_packed_product(const void *a, size_t a_stride, const struct uk_panels *weights, size_t first_row,
                       size_t last_row, size_t first_panel, size_t last_panel, const struct uk_output *output);

/// An image [height, width, channels] for a 3 x 3 convolution with padding 1, line by line made into operands: it is of that
/// element already, or fp32.
struct uk_image {
    const void *pixels;
    enum uk_element element;
    size_t height, width, channels;
    /// What fp32 pixels go through on the way; without a scale: nothing.
    struct uk_channel_norm norm;
    /// 1: as it is; 2: each pixel stands for 2 x 2 (nearest-neighbour upsampling before the convolution).
    size_t scale;
};

/// Bytes of scratch memory that one strip needs.
size_t uk_convolution_scratch(const struct uk_image *image, const struct uk_panels *weights);

/// Rows `first` ..< `last` of the convolved (and before that upsampled) image; y is [height, width, columns].
void uk_packed_convolution(const struct uk_image *image, const struct uk_panels *weights, size_t first, size_t last,
                           const struct uk_output *output, void *scratch);

/// One head of one sequence: softmax(q k^T * scale) v. All of it is of one element; with AVX2 that is fp32.
struct uk_head {
    enum uk_tile tile;
    enum uk_element element;
    /// [queries, width], [keys, width], [keys, width]; rows `stride` numbers apart.
    const void *q, *k, *v;
    size_t q_stride, k_stride, v_stride;
    size_t queries, keys, width;
    float scale;
    /// [queries, width], of the same element.
    void *y;
    size_t y_stride;
};

/// Bytes of scratch memory that one head needs.
size_t uk_attention_scratch(const struct uk_head *head);
void uk_attention(const struct uk_head *head, void *scratch);

#pragma clang assume_nonnull end
#endif
