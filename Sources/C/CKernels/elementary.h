// exp and erf in single precision, written so that the compiler can vectorise loops over them.
#pragma once
#include <stdint.h>
#include <string.h>

// One body, several instruction sets, chosen at load time.
#if defined(__x86_64__)
#define UK_DISPATCH __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define UK_DISPATCH
#endif

// e^x = 2^n e^r with |r| <= ln(2)/2; Taylor polynomial of degree 7 for e^r, error below 2 units in the last place.
static inline __attribute__((always_inline)) float uk_exp(float x) {
    x = x > 88.0f ? 88.0f : x;
    x = x < -87.0f ? -87.0f : x;
    // Adding 1.5 * 2^23 rounds to the nearest integer, which then stands in the low bits.
    const float magic = 12582912.0f;
    float shifted = x * 1.44269504088896341f + magic;
    float n = shifted - magic;
    // ln 2 in two parts: the first has few enough bits for n * part to be exact.
    float r = (x - n * 0.693145751953125f) - n * 1.42860682030941723e-6f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    int32_t exponent = (bits - 0x4B400000 + 127) << 23;
    float power;
    memcpy(&power, &exponent, sizeof power);
    return p * power;
}

static inline __attribute__((always_inline)) float uk_silu(float x) { return x / (1.0f + uk_exp(-x)); }

// Rational minimax form x P(x^2) / Q(x^2) on |x| <= 4, within a few units in the last place, relative, near zero too.
static inline __attribute__((always_inline)) float uk_erf(float x) {
    x = x > 4.0f ? 4.0f : x;
    x = x < -4.0f ? -4.0f : x;
    float s = x * x;
    float p = -2.72614225801306e-10f;
    p = p * s + 2.77068142495902e-08f;
    p = p * s - 2.10102402082508e-06f;
    p = p * s - 5.69250639462346e-05f;
    p = p * s - 7.34990630326855e-04f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * s - 2.13374055278905e-04f;
    q = q * s - 1.68282697438203e-03f;
    q = q * s - 7.37332916720468e-03f;
    q = q * s - 1.42647390514189e-02f;
    return x * p / q;
}

static inline __attribute__((always_inline)) float uk_gelu(float x) {
    return 0.5f * x * (1.0f + uk_erf(x * 0.70710678118654752f));
}
