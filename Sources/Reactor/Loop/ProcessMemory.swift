// What others may see of this process's memory, and what of it goes back to them.

internal import CLinux

package enum ProcessMemory {
    /// No core dumps, and no ptrace(2) or /proc/PID/mem for other processes of the same user. /proc/PID/stat stays readable.
    /// - Source: prctl(2), PR_SET_DUMPABLE.
    package static func keepPrivate() { tokenhub_keep_memory_private() }

    /// Gives the pages that nothing stands on back to the system, once more is free than in use: after a burst. Under an even
    /// load what is free now is needed again in a moment, and given back it would be scattered anew each time.
    /// Walks all memory of the process; a thread that allocates meanwhile may wait for it.
    /// - Source: mallinfo(3), malloc_trim(3).
    package static func giveBack() {
        let memory = mallinfo2()
        if memory.fordblks > memory.uordblks { malloc_trim(0) }
    }
}
