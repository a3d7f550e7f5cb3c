#include "CKernels.h"
#include "bf16.h"
#include "elementary.h"

// Sums may be taken in as many lanes as the vector has; the order is fixed when the function is compiled.
#define UK_REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

static inline __attribute__((always_inline)) float activate(float x, enum uk_activation activation) {
    return activation == UK_GELU ? uk_gelu(x) : activation == UK_SILU ? uk_silu(x) : x;
}

static inline __attribute__((always_inline)) void bias_rows(float *y, const float *bias, size_t rows, size_t columns,
                                                            size_t stride, enum uk_activation activation) {
    for (size_t r = 0; r < rows; r++) {
        float *row = y + r * stride;
        for (size_t c = 0; c < columns; c++) row[c] = activate(row[c] + bias[c], activation);
    }
}

UK_DISPATCH
void uk_bias_activation(float *y, const float *bias, size_t rows, size_t columns, size_t stride,
                        enum uk_activation activation) {
    switch (activation) {
    case UK_IDENTITY: bias_rows(y, bias, rows, columns, stride, UK_IDENTITY); break;
    case UK_GELU: bias_rows(y, bias, rows, columns, stride, UK_GELU); break;
    case UK_SILU: bias_rows(y, bias, rows, columns, stride, UK_SILU); break;
    }
}

static inline __attribute__((always_inline)) void store(void *y, size_t n, float value, enum uk_element element) {
    if (element == UK_BF16) {
        ((uint16_t *)y)[n] = uk_bf16(value);
    } else {
        ((float *)y)[n] = value;
    }
}

static inline __attribute__((always_inline)) void norm_rows(const struct uk_norm *norm, const float *x, void *y,
                                                            size_t first, size_t last, size_t columns,
                                                            enum uk_element element, int is_affine, int is_modulated) {
    UK_REASSOCIATE
    for (size_t r = first; r < last; r++) {
        const float *in = x + r * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += in[c];
        float mean = sum / (float)columns;
        float squares = 0;
        for (size_t c = 0; c < columns; c++) squares += (in[c] - mean) * (in[c] - mean);
        float inverse = 1.0f / __builtin_sqrtf(squares / (float)columns + norm->epsilon);
        const float *m_shift = is_modulated ? norm->modulation + r * norm->modulation_stride : in;
        const float *m_scale = is_modulated ? m_shift + columns : in;
        for (size_t c = 0; c < columns; c++) {
            float value = (in[c] - mean) * inverse;
            if (is_affine) value = value * norm->scale[c] + norm->shift[c];
            if (is_modulated) value = value * (1.0f + m_scale[c]) + m_shift[c];
            store(y, r * columns + c, value, element);
        }
    }
}

UK_DISPATCH
void uk_layer_norm(const struct uk_norm *norm, const float *x, void *y, enum uk_element element, size_t first,
                   size_t last, size_t columns) {
#define NORM(element)                                                                                                  \
    if (norm->scale && norm->modulation) {                                                                             \
        norm_rows(norm, x, y, first, last, columns, element, 1, 1);                                                    \
    } else if (norm->scale) {                                                                                          \
        norm_rows(norm, x, y, first, last, columns, element, 1, 0);                                                    \
    } else {                                                                                                           \
        norm_rows(norm, x, y, first, last, columns, element, 0, 1);                                                    \
    }
    if (element == UK_BF16) {
        NORM(UK_BF16)
    } else {
        NORM(UK_FP32)
    }
}

UK_DISPATCH
void uk_add_gated(const float *x, const float *gate, float *y, size_t rows, size_t columns, size_t gate_stride) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) y[r * columns + c] += gate[r * gate_stride + c] * x[r * columns + c];
    }
}

UK_DISPATCH
void uk_silu_of_sum(const float *x, const float *shift, void *y, enum uk_element element, size_t rows,
                    size_t columns) {
    if (element == UK_BF16) {
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c++) {
                store(y, r * columns + c, uk_silu(x[r * columns + c] + shift[c]), UK_BF16);
            }
        }
    } else {
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c++) {
                store(y, r * columns + c, uk_silu(x[r * columns + c] + shift[c]), UK_FP32);
            }
        }
    }
}

UK_DISPATCH
void uk_softmax(float *s, size_t rows, size_t columns, float scale) {
    UK_REASSOCIATE
    for (size_t r = 0; r < rows; r++) {
        float *row = s + r * columns;
        float highest = row[0];
        for (size_t c = 1; c < columns; c++) highest = row[c] > highest ? row[c] : highest;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) {
            row[c] = uk_exp((row[c] - highest) * scale);
            sum += row[c];
        }
        float inverse = 1.0f / sum;
        for (size_t c = 0; c < columns; c++) row[c] *= inverse;
    }
}

// Double sums: a group of a large image has a million numbers.
UK_DISPATCH
void uk_channel_sums(const float *x, size_t pixels, size_t channels, double *sums, double *squares) {
    for (size_t c = 0; c < channels; c++) sums[c] = squares[c] = 0;
    for (size_t p = 0; p < pixels; p++) {
        for (size_t c = 0; c < channels; c++) {
            double value = x[p * channels + c];
            sums[c] += value;
            squares[c] += value * value;
        }
    }
}

static inline __attribute__((always_inline)) void scale_channels(const float *x, void *y, enum uk_element element,
                                                                 size_t pixels, size_t channels, const float *scale,
                                                                 const float *shift, int silu) {
    for (size_t p = 0; p < pixels; p++) {
        for (size_t c = 0; c < channels; c++) {
            float value = x[p * channels + c] * scale[c] + shift[c];
            store(y, p * channels + c, silu ? uk_silu(value) : value, element);
        }
    }
}

UK_DISPATCH
void uk_channel_scale(const float *x, void *y, enum uk_element element, size_t pixels, size_t channels,
                      const struct uk_channel_norm *norm) {
    const float *scale = norm->scale, *shift = norm->shift;
    if (element == UK_BF16) {
        if (norm->silu) {
            scale_channels(x, y, UK_BF16, pixels, channels, scale, shift, 1);
        } else {
            scale_channels(x, y, UK_BF16, pixels, channels, scale, shift, 0);
        }
    } else if (norm->silu) {
        scale_channels(x, y, UK_FP32, pixels, channels, scale, shift, 1);
    } else {
        scale_channels(x, y, UK_FP32, pixels, channels, scale, shift, 0);
    }
}

void uk_patches(const float *image, float *patches, size_t height, size_t width, size_t channels, size_t first,
                size_t count) {
    size_t bytes = channels * sizeof(float);
    for (size_t n = 0; n < count; n++) {
        size_t top = (first + n) / width, left = (first + n) % width;
        for (size_t tap = 0; tap < 9; tap++) {
            // Unsigned wrap-around makes a row or column of -1 larger than any size.
            size_t i = top + tap / 3 - 1, j = left + tap % 3 - 1;
            float *target = patches + (n * 9 + tap) * channels;
            if (i < height && j < width) {
                memcpy(target, image + (i * width + j) * channels, bytes);
            } else {
                memset(target, 0, bytes);
            }
        }
    }
}
