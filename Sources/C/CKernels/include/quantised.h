// Rows of numbers in 8 bits: x = scale * q with q = -127...127, and one scale per row, so that a row's numbers do not depend
// on the rows beside it.
//
// A row is stored as q + 128, one byte per column, filled up with bytes of 128 to a multiple of 4; then its scale in fp32. Rows
// begin on cache lines: AMX reads 64 bytes of each at a time.
// The offset is for the processor: its instruction multiplies unsigned bytes with signed ones. A product takes it out again,
// with the sums of the weights' columns.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "elements.h"

#pragma clang assume_nonnull begin

/// Bytes from one row to the next.
size_t uk_quantised_stride(size_t columns);

/// y = rows `first` ..< `last` of x [rows, columns], fp32 or bf16: scale = |x|max / 127, q = x * (127 / |x|max), rounded to the
/// nearest, ties to even. What is no number, or too large for one, makes the scale so.
void uk_quantise(const void *x, enum uk_element element, uint8_t *y, size_t first, size_t last, size_t columns);

/// x = scale * q.
void uk_dequantise(const uint8_t *y, float *x, size_t rows, size_t columns);

#pragma clang assume_nonnull end
