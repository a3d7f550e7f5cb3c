// The kinds of numbers that kernels read and write.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum uk_element {
    UK_FP32,
    UK_BF16,
    /// Rows of whole numbers -127...127 with a scale each (`quantised.h`).
    UK_INT8
};

enum uk_activation { UK_IDENTITY, UK_GELU, UK_SILU };

/// What this processor has, as far as kernels ask.
struct uk_processor {
    int avx2;
    /// AVX-VNNI besides: VNNI without AVX-512.
    int avx_vnni;
    /// AVX-512 F, BW, DQ, VL.
    int avx512;
    /// AVX-512 BF16 besides.
    int avx512_bf16;
    /// AVX-512 VNNI besides.
    int avx512_vnni;
    /// AMX with tiles of bf16 and of bytes, which the system lets this process use, and AVX-512 BF16.
    int amx;
};
struct uk_processor uk_processor(void);

/// y[n] = x[n] as bf16, rounded to the nearest, ties to even. Rows of `columns` numbers; rows of y are `y_stride` apart
/// and padded with zeros.
void uk_to_bf16(const float *x, uint16_t *y, size_t rows, size_t columns, size_t y_stride);
/// y[n] = x[n] as fp32.
void uk_from_bf16(const uint16_t *x, float *y, size_t count);

#pragma clang assume_nonnull end
