#include "CKernels.h"
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

UK_DISPATCH
void uk_layer_norm(const float *x, float *y, size_t rows, size_t columns, const float *scale, const float *shift,
                   const float *m_scale, const float *m_shift, size_t m_stride, float epsilon) {
    UK_REASSOCIATE
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns;
        float *out = y + r * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += in[c];
        float mean = sum / (float)columns;
        float squares = 0;
        for (size_t c = 0; c < columns; c++) squares += (in[c] - mean) * (in[c] - mean);
        float inverse = 1.0f / __builtin_sqrtf(squares / (float)columns + epsilon);
        for (size_t c = 0; c < columns; c++) out[c] = (in[c] - mean) * inverse;
        if (scale && shift) {
            for (size_t c = 0; c < columns; c++) out[c] = out[c] * scale[c] + shift[c];
        }
        if (m_scale && m_shift) {
            const float *row_scale = m_scale + r * m_stride, *row_shift = m_shift + r * m_stride;
            for (size_t c = 0; c < columns; c++) out[c] = out[c] * (1.0f + row_scale[c]) + row_shift[c];
        }
    }
}

UK_DISPATCH
void uk_add_gated(const float *x, const float *gate, float *y, size_t rows, size_t columns, size_t gate_stride) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) y[r * columns + c] += gate[r * gate_stride + c] * x[r * columns + c];
    }
}

UK_DISPATCH
void uk_silu_of_sum(const float *x, const float *shift, float *y, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) y[r * columns + c] = uk_silu(x[r * columns + c] + shift[c]);
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

UK_DISPATCH
void uk_group_norm(const float *x, float *y, size_t pixels, size_t channels, size_t first, size_t width,
                   const float *scale, const float *shift, float epsilon, int silu) {
    // Double sums: a group of a large image has a million numbers.
    double sum = 0, squares = 0;
    for (size_t p = 0; p < pixels; p++) {
        for (size_t c = first; c < first + width; c++) sum += x[p * channels + c];
    }
    double mean = sum / (double)(pixels * width);
    for (size_t p = 0; p < pixels; p++) {
        for (size_t c = first; c < first + width; c++) {
            double d = x[p * channels + c] - mean;
            squares += d * d;
        }
    }
    double inverse = 1.0 / __builtin_sqrt(squares / (double)(pixels * width) + epsilon);
    for (size_t p = 0; p < pixels; p++) {
        for (size_t c = first; c < first + width; c++) {
            float value = (float)((x[p * channels + c] - mean) * inverse) * scale[c] + shift[c];
            y[p * channels + c] = silu ? uk_silu(value) : value;
        }
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
