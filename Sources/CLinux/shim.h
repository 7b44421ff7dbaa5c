// Linux calls that the Glibc module lacks: epoll, eventfd, accept4, thread affinity, and liburing.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// Declared here because defining _GNU_SOURCE in a module header breaks other modules' view of fd_set.
extern int accept4(int, struct sockaddr *, socklen_t *, int);

// sched_setaffinity(2) for the calling thread, through the raw call: cpu_set_t and its macros need _GNU_SOURCE.
static inline int tokenhub_pin_thread(int cpu) {
    unsigned long mask[16] = {0};
    if (cpu < 0 || cpu >= (int)(sizeof mask * 8)) { errno = EINVAL; return -1; }
    mask[cpu / (8 * sizeof mask[0])] = 1UL << (cpu % (8 * sizeof mask[0]));
    return (int)syscall(SYS_sched_setaffinity, 0, sizeof mask, mask);
}

// Lets the calling thread yield to others of its process: adds to its nice value, which on Linux is a thread's own.
static inline void tokenhub_be_nice(int more) {
    int thread = (int)syscall(SYS_gettid);
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, (id_t)thread);
    if (errno == 0) setpriority(PRIO_PROCESS, (id_t)thread, nice + more);
}

// The calling thread's name as ps(1) and perf(1) show it; the kernel keeps 15 bytes.
static inline void tokenhub_name_thread(const char *name) {
    syscall(SYS_prctl, 15 /* PR_SET_NAME */, name, 0, 0, 0);
}

// The n-th processor this process may run on; -1 when there are not as many.
static inline int tokenhub_allowed_cpu(int index) {
    unsigned long mask[16] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    for (int cpu = 0; cpu < (int)(bytes > 0 ? bytes * 8 : 0); cpu++) {
        if (mask[cpu / (8 * sizeof mask[0])] >> (cpu % (8 * sizeof mask[0])) & 1 && index-- == 0) return cpu;
    }
    return -1;
}

// prctl(2) is variadic.
static inline void tokenhub_keep_memory_private(void) {
    syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 0, 0, 0, 0);
}
