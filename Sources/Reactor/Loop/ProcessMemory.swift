// What others may see of this process's memory, and what of it goes back to them.

internal import CLinux

package enum ProcessMemory {
    /// No core dumps, and no ptrace(2) or /proc/PID/mem for other processes of the same user. /proc/PID/stat stays readable.
    /// - Source: prctl(2), PR_SET_DUMPABLE.
    package static func keepPrivate() { tokenhub_keep_memory_private() }

    /// Gives the pages that nothing stands on back to the system, also those between others that are used: sessions and
    /// connections of very different age leave such holes. Walks all memory of the process; a thread that allocates meanwhile
    /// may wait for it.
    package static func giveBack() { malloc_trim(0) }
}
