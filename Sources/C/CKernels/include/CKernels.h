// Vector passes over rows of fp32 numbers, some of which write bf16. Each function is compiled for several instruction
// sets and the right one is picked when the program is loaded. Sums run in a fixed order that depends on the row length
// alone.
#pragma once
#include <stddef.h>

#include "channels.h"
#include "elements.h"
#include "packed.h"
#include "quantised.h"

#pragma clang assume_nonnull begin

/// y[r][c] = act(y[r][c] + bias[c]); the rows of y are `stride` apart.
void uk_bias_activation(float *y, const float *bias, size_t rows, size_t columns, size_t stride,
                        enum uk_activation activation);

/// A layer norm: (x - mean) / deviation, then * scale + shift, then * (1 + modulated scale) + modulated shift.
struct uk_norm {
    /// One number per column each; both null: no affine part.
    const float *_Nullable scale, *_Nullable shift;
    /// One row per row of x, `modulation_stride` apart: shift, then scale; null: not modulated.
    const float *_Nullable modulation;
    size_t modulation_stride;
    float epsilon;
};

/// y = norm of rows `first` ..< `last` of x [rows, columns]. At least one of the two parts must be there. Rows of int8 are
/// laid out as in `quantised.h`.
void uk_layer_norm(const struct uk_norm *norm, const float *x, void *y, enum uk_element element, size_t first,
                   size_t last, size_t columns);

/// y += gate * x; the rows of gate are `gate_stride` apart.
void uk_add_gated(const float *x, const float *gate, float *y, size_t rows, size_t columns, size_t gate_stride);

/// y = silu(x + shift), the same shift in every row.
void uk_silu_of_sum(const float *x, const float *shift, void *y, enum uk_element element, size_t rows,
                    size_t columns);

/// Each row of s becomes softmax(row * scale).
void uk_softmax(float *s, size_t rows, size_t columns, float scale);

/// The 3 x 3 neighbourhoods (padding 1) of pixels first ..< first + count of an image [height, width, channels]:
/// patches [count, 9 * channels].
void uk_patches(const float *image, float *patches, size_t height, size_t width, size_t channels, size_t first,
                size_t count);

#pragma clang assume_nonnull end
