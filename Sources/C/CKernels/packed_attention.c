#include "tiles.h"

#if defined(__x86_64__)
#include <string.h>

#include "bf16.h"
#include "elementary.h"

/// Queries that go through softmax together: the rows of one tile.
static inline size_t queries_of(enum uk_tile tile) { return tile == UK_TILE_AMX ? 32 : 6; }

/// Numbers from one query's weights to the next one's: what is behind the last key is 0.
static inline size_t weights_stride(const struct uk_head *head) {
    return uk_padded(uk_packed_depth(head->tile, head->element, head->keys), 16);
}

/// Scratch memory of one head, in bytes from its start; every part begins on a cache line.
struct layout {
    size_t keys, values, queries, scores, weights, sums, end;
};

static struct layout layout_of(const struct uk_head *head) {
    size_t size = uk_element_size(head->element), step = uk_depth_step(head->element);
    size_t queries = queries_of(head->tile);
    struct layout at;
    at.keys = 0;
    at.values = at.keys + uk_padded(uk_panels_size(head->tile, head->element, head->keys, 1, head->width), 64);
    at.queries = at.values + uk_padded(uk_panels_size(head->tile, head->element, head->width, 1, head->keys), 64);
    at.scores = at.queries + uk_padded(queries * uk_padded(head->width, step) * size, 64);
    at.weights = at.scores + uk_padded(queries * uk_padded(head->keys, 16) * sizeof(float), 64);
    at.sums = at.weights + uk_padded(queries * weights_stride(head) * size, 64);
    at.end = at.sums + uk_padded(queries * sizeof(float), 64);
    return at;
}

size_t uk_attention_scratch(const struct uk_head *head) { return layout_of(head).end; }

/// Panels of the keys: columns are keys, the depth is the head's width.
static void pack_keys(const struct uk_head *head, void *panels) {
    size_t next = 0;
    for (size_t first = 0; first < head->keys; first += uk_panel_columns(head->tile)) {
        size_t width = uk_panel_vectors(head->tile, head->keys, first) * uk_lanes(head->tile);
        size_t present = head->keys - first < width ? head->keys - first : width;
        if (head->element == UK_BF16) {
            size_t pairs = uk_packed_depth(head->tile, UK_BF16, head->width) / 2, whole = head->width / 2;
            for (size_t c = 0; c < present; c++) {
                const uint16_t *key = (const uint16_t *)head->k + (first + c) * head->k_stride;
                uint16_t *target = (uint16_t *)panels + next + 2 * c;
                for (size_t pair = 0; pair < whole; pair++) {
                    memcpy(target + pair * 2 * width, key + 2 * pair, 2 * sizeof *key);
                }
                for (size_t pair = whole; pair < pairs; pair++) memset(target + pair * 2 * width, 0, 2 * sizeof *key);
                if (2 * whole < head->width) target[whole * 2 * width] = key[2 * whole];
            }
            for (size_t pair = 0; pair < pairs && present < width; pair++) {
                memset((uint16_t *)panels + next + pair * 2 * width + 2 * present, 0, 4 * (width - present));
            }
            next += pairs * 2 * width;
        } else {
            for (size_t c = 0; c < width; c++) {
                const float *key = (const float *)head->k + (first + c) * head->k_stride;
                float *target = (float *)panels + next + c;
                for (size_t k = 0; k < head->width; k++) target[k * width] = c < present ? key[k] : 0;
            }
            next += head->width * width;
        }
    }
}

/// Panels of the values: columns are the head's width, the depth is the keys.
static inline __attribute__((always_inline)) void pack_values(const struct uk_head *head, void *panels) {
    size_t next = 0;
    for (size_t first = 0; first < head->width; first += uk_panel_columns(head->tile)) {
        size_t width = uk_panel_vectors(head->tile, head->width, first) * uk_lanes(head->tile);
        size_t present = head->width - first < width ? head->width - first : width;
        if (head->element == UK_BF16) {
            for (size_t key = 0; key < head->keys; key += 2) {
                const uint16_t *even = (const uint16_t *)head->v + key * head->v_stride + first;
                const uint16_t *odd = even + head->v_stride;
                uint16_t *target = (uint16_t *)panels + next;
                int has_odd = key + 1 < head->keys;
                for (size_t c = 0; c < present; c++) {
                    target[2 * c] = even[c];
                    target[2 * c + 1] = has_odd ? odd[c] : 0;
                }
                if (present < width) memset(target + 2 * present, 0, 2 * (width - present) * sizeof *target);
                next += 2 * width;
            }
            size_t left = uk_packed_depth(head->tile, UK_BF16, head->keys) - uk_padded(head->keys, 2);
            memset((uint16_t *)panels + next, 0, left * width * sizeof(uint16_t));
            next += left * width;
        } else {
            for (size_t key = 0; key < head->keys; key++) {
                float *target = (float *)panels + next;
                memcpy(target, (const float *)head->v + key * head->v_stride + first, present * sizeof *target);
                memset(target + present, 0, (width - present) * sizeof *target);
                next += width;
            }
        }
    }
}

/// e^x for x <= 0: 2^n e^r with |r| <= ln(2)/2; Taylor polynomial of degree 6 for e^r, error below 3 units in the last
/// place.
UK_AVX512 static inline __attribute__((always_inline)) __m512 exponential(__m512 x) {
    x = _mm512_max_ps(x, _mm512_set1_ps(-87.0f));
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504088896341f)), _MM_FROUND_TO_NEAREST_INT);
    // ln 2 in two parts: the first has few enough bits for n * part to be exact.
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693145751953125f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(1.42860682030941723e-6f), r);
    __m512 p = _mm512_set1_ps(1.0f / 720);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 120));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 24));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 6));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.5f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, n);
}

UK_AVX512 static float highest(const float *scores, size_t keys) {
    __m512 most = _mm512_set1_ps(scores[0]);
    for (size_t k = 0; k < keys; k += 16) {
        __mmask16 present = (__mmask16)(keys - k < 16 ? (1u << (keys - k)) - 1 : 0xFFFF);
        most = _mm512_mask_max_ps(most, present, most, _mm512_loadu_ps(scores + k));
    }
    return _mm512_reduce_max_ps(most);
}

// weights = e^(scale * (score - highest)) of one query, 0 from `keys` to the next multiple of 16; returns their sum. Both
// have room for whole vectors. The order of the sum depends on the number of keys alone.
#define EXPONENTIALS                                                                                                   \
    __m512 factor = _mm512_set1_ps(scale), most = _mm512_set1_ps(highest(scores, keys)), sum = _mm512_setzero_ps();    \
    for (size_t k = 0; k < keys; k += 16) {                                                                            \
        __mmask16 present = (__mmask16)(keys - k < 16 ? (1u << (keys - k)) - 1 : 0xFFFF);                              \
        __m512 distance = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(scores + k), most), factor);                     \
        __m512 weight = _mm512_maskz_mov_ps(present, exponential(distance));                                           \
        sum = _mm512_add_ps(sum, weight);                                                                              \
        STORE(weights + k, weight);                                                                                    \
    }                                                                                                                  \
    return _mm512_reduce_add_ps(sum);

#define STORE(to, weight) _mm512_storeu_ps(to, weight)
UK_AVX512 static float exponentials_fp32(const float *scores, size_t keys, float scale, float *weights) {
    EXPONENTIALS
}
#undef STORE
#define STORE(to, weight) _mm256_storeu_si256((__m256i *)(to), (__m256i)_mm512_cvtneps_pbh(weight))
UK_AVX512_BF16 static float exponentials_bf16(const float *scores, size_t keys, float scale, uint16_t *weights) {
    EXPONENTIALS
}
#undef STORE

// The same with AVX2. There is room for whole vectors of 16 numbers.
UK_AVX2 static float exponentials_avx2(const float *scores, size_t keys, float scale, float *weights) {
    float lanes[8], highest = scores[0], sum = 0;
    __m256 most = _mm256_set1_ps(highest), sums = _mm256_setzero_ps();
    size_t whole = keys / 8 * 8;
    for (size_t k = 0; k < whole; k += 8) most = _mm256_max_ps(most, _mm256_loadu_ps(scores + k));
    _mm256_storeu_ps(lanes, most);
    for (size_t n = 0; n < 8; n++) highest = lanes[n] > highest ? lanes[n] : highest;
    for (size_t k = whole; k < keys; k++) highest = scores[k] > highest ? scores[k] : highest;
    for (size_t k = 0; k < keys; k++) weights[k] = uk_exp((scores[k] - highest) * scale);
    for (size_t k = keys; k < uk_padded(keys, 16); k++) weights[k] = 0;
    for (size_t k = 0; k < keys; k += 8) sums = _mm256_add_ps(sums, _mm256_loadu_ps(weights + k));
    _mm256_storeu_ps(lanes, sums);
    for (size_t n = 0; n < 8; n++) sum += lanes[n];
    return sum;
}

/// `tile` is a constant wherever this is inlined.
static inline __attribute__((always_inline)) void attention(const struct uk_head *head, enum uk_tile tile,
                                                            void *scratch) {
    uk_multiply_tile *multiply_tile = uk_multiply_tile_of(tile);
    const size_t start = 0;
    const struct uk_taps whole = {1, &start};
    const size_t size = uk_element_size(head->element), step = uk_depth_step(head->element);
    const size_t width = uk_padded(head->width, step), depth = uk_packed_depth(tile, head->element, head->keys);
    const size_t score_stride = uk_padded(head->keys, 16), weight_stride = weights_stride(head);
    const struct layout at = layout_of(head);
    char *memory = scratch;
    float *scores = (float *)(memory + at.scores), *sums = (float *)(memory + at.sums);
    float results[UK_TILE_NUMBERS];
    const size_t lanes = uk_lanes(tile);
    pack_keys(head, memory + at.keys);
    pack_values(head, memory + at.values);

    for (size_t query = 0, most = queries_of(tile); query < head->queries; query += most) {
        size_t rows = head->queries - query < most ? head->queries - query : most;
        const char *q = (const char *)head->q + query * head->q_stride * size;
        size_t q_stride = head->q_stride;
        if (width != head->width) {
            // An odd width in bf16: the pair of the last number must be 0 and not its neighbour.
            for (size_t r = 0; r < rows; r++) {
                char *copy = memory + at.queries + r * width * size;
                memcpy(copy, q + r * q_stride * size, head->width * size);
                memset(copy + head->width * size, 0, (width - head->width) * size);
            }
            q = memory + at.queries;
            q_stride = width;
        }
        for (size_t first = 0; first < head->keys; first += uk_panel_columns(head->tile)) {
            size_t vectors = uk_panel_vectors(head->tile, head->keys, first);
            const char *panel = memory + at.keys + first * uk_packed_depth(tile, head->element, head->width) * size;
            multiply_tile(head->element, rows, vectors, q, q_stride, &whole, panel, width, 0, results);
            for (size_t r = 0; r < rows; r++) {
                memcpy(scores + r * score_stride + first, results + r * vectors * lanes, vectors * lanes * sizeof(float));
            }
        }
        const void *weights = memory + at.weights;
        for (size_t r = 0; r < rows; r++) {
            const float *of_query = scores + r * score_stride;
            if (head->element == UK_BF16) {
                uint16_t *rounded = (uint16_t *)weights + r * weight_stride;
                sums[r] = exponentials_bf16(of_query, head->keys, head->scale, rounded);
                memset(rounded + score_stride, 0, (weight_stride - score_stride) * sizeof *rounded);
            } else {
                float *exact = (float *)weights + r * weight_stride;
                sums[r] = uk_is_avx2(tile) ? exponentials_avx2(of_query, head->keys, head->scale, exact)
                                           : exponentials_fp32(of_query, head->keys, head->scale, exact);
            }
        }
        for (size_t first = 0; first < head->width; first += uk_panel_columns(head->tile)) {
            size_t vectors = uk_panel_vectors(head->tile, head->width, first);
            size_t left = head->width - first, columns = left < vectors * lanes ? left : vectors * lanes;
            const char *panel = memory + at.values + first * depth * size;
            multiply_tile(head->element, rows, vectors, weights, weight_stride, &whole, panel, depth, 0, results);
            for (size_t r = 0; r < rows; r++) {
                const float *sum = results + r * vectors * lanes;
                float inverse = 1.0f / sums[r];
                size_t y = (query + r) * head->y_stride + first;
                if (head->element == UK_BF16) {
                    for (size_t c = 0; c < columns; c++) ((uint16_t *)head->y)[y + c] = uk_bf16(sum[c] * inverse);
                } else {
                    for (size_t c = 0; c < columns; c++) ((float *)head->y)[y + c] = sum[c] * inverse;
                }
            }
        }
    }
}

UK_AVX512 static void attention_avx512(const struct uk_head *head, void *scratch) {
    attention(head, UK_TILE_AVX512, scratch);
}

UK_AVX2 static void attention_avx2(const struct uk_head *head, void *scratch) {
    attention(head, UK_TILE_AVX2, scratch);
}

UK_AVX512 static void attention_amx(const struct uk_head *head, void *scratch) {
    attention(head, UK_TILE_AMX, scratch);
    uk_end_tiles(UK_TILE_AMX);
}

void uk_attention(const struct uk_head *head, void *scratch) {
    if (uk_is_avx2(head->tile)) {
        if (head->element != UK_FP32) __builtin_trap();
        attention_avx2(head, scratch);
    } else if (head->tile == UK_TILE_AMX) {
        attention_amx(head, scratch);
    } else {
        attention_avx512(head, scratch);
    }
}
#endif
