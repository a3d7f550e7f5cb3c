#pragma once

// The revision of the sources that the binary was built from, as the build was told in the environment variable
// SOURCE_REVISION; empty if it was not. Swift has no definition with a value: so it comes through C.
const char *underpaint_revision(void);
