#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

// glibc's own names for its allocator, exported for exactly this.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t count;
static _Thread_local uint64_t own_count;

static void counted(void) {
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    own_count += 1;
}

uint64_t tokenhub_allocation_count(void) { return atomic_load_explicit(&count, memory_order_relaxed); }
uint64_t tokenhub_thread_allocation_count(void) { return own_count; }

void *malloc(size_t size) { counted(); return __libc_malloc(size); }
void *calloc(size_t many, size_t size) { counted(); return __libc_calloc(many, size); }
void *realloc(void *old, size_t size) { counted(); return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { counted(); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { counted(); return __libc_memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    counted();
    void *block = __libc_memalign(alignment, size);
    if (!block) return ENOMEM;
    *result = block;
    return 0;
}
