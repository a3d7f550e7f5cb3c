// bf16 is the upper half of an fp32 number.
#pragma once
#include <stdint.h>
#include <string.h>

/// Rounds to the nearest, ties to even; NaN stays NaN.
static inline __attribute__((always_inline)) uint16_t uk_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return (uint16_t)(x == x ? rounded : bits >> 16 | 0x40);
}

static inline __attribute__((always_inline)) float uk_fp32(uint16_t x) {
    uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
