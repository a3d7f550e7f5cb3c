#include "CRevision.h"

#ifndef UNDERPAINT_REVISION
#define UNDERPAINT_REVISION ""
#endif

const char *underpaint_revision(void) { return UNDERPAINT_REVISION; }
