#pragma once
#include <oneapi/dnnl/dnnl.h>

#if DNNL_VERSION_MAJOR != 2
#error "oneDNN 2 is needed: version 3 makes primitives with other functions"
#endif

/// Of libgomp, which Debian's oneDNN is built on (its header belongs to another compiler): threads of a parallel region
/// that the calling thread starts.
void omp_set_num_threads(int count);
