#pragma once
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Gives freed memory back to the system, where the allocator keeps it.
static inline void underpaint_release_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
