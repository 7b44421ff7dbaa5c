// Counts this process's allocations by standing in front of the C library's allocator.
#pragma once
#include <stdint.h>

// How often memory was asked for since the process began, by all threads: malloc, calloc, realloc and the aligned kinds.
uint64_t tokenhub_allocation_count(void);
// The same, by the calling thread alone.
uint64_t tokenhub_thread_allocation_count(void);
