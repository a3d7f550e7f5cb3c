#include "CRevision.h"

#ifndef SOURCE_REVISION
#define SOURCE_REVISION ""
#endif

const char *underpaint_revision(void) { return SOURCE_REVISION; }
