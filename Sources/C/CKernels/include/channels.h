// Group norms: what is summed for each channel, and what each channel goes through when its group's moments are known.
#pragma once
#include <stddef.h>

#include "elements.h"

#pragma clang assume_nonnull begin

/// Sums of x and of x^2 over pixels [pixels, channels], per channel.
void uk_channel_sums(const float *x, size_t pixels, size_t channels, double *sums, double *squares);

/// Numbers of channel c times scale[c], plus shift[c], and then SiLU where it is asked for.
struct uk_channel_norm {
    const float *_Nullable scale, *_Nullable shift;
    int silu;
};

/// y = norm of x [pixels, channels], as fp32 or bf16.
void uk_channel_scale(const float *x, void *y, enum uk_element element, size_t pixels, size_t channels,
                      const struct uk_channel_norm *norm);

#pragma clang assume_nonnull end
