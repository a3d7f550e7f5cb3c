// Vector passes over rows of fp32 numbers. Each function is compiled for several instruction sets and the right one is
// picked when the program is loaded. Sums run in a fixed order that depends on the row length alone.
#pragma once
#include <stddef.h>

#pragma clang assume_nonnull begin

enum uk_activation { UK_IDENTITY, UK_GELU, UK_SILU };

/// y[r][c] = act(y[r][c] + bias[c]); the rows of y are `stride` apart.
void uk_bias_activation(float *y, const float *bias, size_t rows, size_t columns, size_t stride,
                        enum uk_activation activation);

/// y = LN(x) * scale + shift, then * (1 + m_scale) + m_shift; any of the four may be null.
/// m_scale and m_shift have one row per row of x, `m_stride` apart.
void uk_layer_norm(const float *x, float *y, size_t rows, size_t columns, const float *_Nullable scale,
                   const float *_Nullable shift, const float *_Nullable m_scale, const float *_Nullable m_shift,
                   size_t m_stride, float epsilon);

/// y += gate * x; the rows of gate are `gate_stride` apart.
void uk_add_gated(const float *x, const float *gate, float *y, size_t rows, size_t columns, size_t gate_stride);

/// y = silu(x + shift), the same shift in every row.
void uk_silu_of_sum(const float *x, const float *shift, float *y, size_t rows, size_t columns);

/// Each row of s becomes softmax(row * scale).
void uk_softmax(float *s, size_t rows, size_t columns, float scale);

/// One group of a group norm over pixels [pixels, channels]: channels first ..< first + width, then silu if asked for.
void uk_group_norm(const float *x, float *y, size_t pixels, size_t channels, size_t first, size_t width,
                   const float *scale, const float *shift, float epsilon, int silu);

/// The 3 x 3 neighbourhoods (padding 1) of pixels first ..< first + count of an image [height, width, channels]:
/// patches [count, 9 * channels].
void uk_patches(const float *image, float *patches, size_t height, size_t width, size_t channels, size_t first,
                size_t count);

#pragma clang assume_nonnull end
