import CMalloc

/// Gives freed memory back to the system.
///
/// glibc keeps what is freed in pieces below 32 MB for later, and the matrices of the largest models are such pieces: without
/// this a model that made room would still take it (MAR-H: 1.5 GB).
package enum MemoryRelease {
    package static func run() { underpaint_release_memory() }
}
