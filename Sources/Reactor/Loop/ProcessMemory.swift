// What others may see of this process's memory.

internal import CLinux

package enum ProcessMemory {
    /// No core dumps, and no ptrace(2) or /proc/PID/mem for other processes of the same user. /proc/PID/stat stays readable.
    /// - Source: prctl(2), PR_SET_DUMPABLE.
    package static func keepPrivate() { tokenhub_keep_memory_private() }
}
