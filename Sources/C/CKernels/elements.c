#include "elements.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "bf16.h"
#include "elementary.h"

#if defined(__x86_64__)
/// Whether the processor has tiles, with bf16 and bytes in them, and the system lets this process use them: their state is large,
/// so it wants to be asked once.
static int has_amx(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    unsigned eax, ebx, ecx, edx;
    // Leaf 7, edx: bit 22 bf16, 24 tiles, 25 int8.
    const unsigned wanted = 1u << 22 | 1u << 24 | 1u << 25;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (edx & wanted) == wanted &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

/// Leaf 7.1, eax: bit 4.
static int has_avx_vnni(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & 1u << 4) != 0;
}
#endif

struct uk_processor uk_processor(void) {
    struct uk_processor found = {0};
#if defined(__x86_64__)
    __builtin_cpu_init();
    found.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    found.avx_vnni = found.avx2 && has_avx_vnni();
    found.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    found.avx512_bf16 = found.avx512 && __builtin_cpu_supports("avx512bf16");
    found.avx512_vnni = found.avx512 && __builtin_cpu_supports("avx512vnni");
    found.amx = found.avx512_bf16 && has_amx();
#endif
    return found;
}

UK_DISPATCH
void uk_to_bf16(const float *x, uint16_t *y, size_t rows, size_t columns, size_t y_stride) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) y[r * y_stride + c] = uk_bf16(x[r * columns + c]);
        for (size_t c = columns; c < y_stride; c++) y[r * y_stride + c] = 0;
    }
}

UK_DISPATCH
void uk_from_bf16(const uint16_t *x, float *y, size_t count) {
    for (size_t n = 0; n < count; n++) y[n] = uk_fp32(x[n]);
}
