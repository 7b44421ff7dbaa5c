// Reading a small file of certificates or keys whole.

import Glibc

// Fence: open(2), read(2) and close(2) within one call.
package enum PEMFile {
    /// The bytes of `path`. Blocks: not to be called on a loop.
    /// - Throws: `TLSFault` of kind `unreadableFile` with errno; EFBIG above `TLSLimits.pemFileBytesMax`.
    package static func read(_ path: String) throws(TLSFault) -> [UInt8] {
        // SAFETY: the path is a C string for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSFault(.unreadableFile, code: UInt(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = InlineArray<4096, UInt8>(repeating: 0)
        while true {
            var span = block.mutableSpan
            // SAFETY: the block is written within its bounds, during the call.
            let count = unsafe span.withUnsafeMutableBufferPointer {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw TLSFault(.unreadableFile, code: UInt(errno))
            }
            guard bytes.count + count <= TLSLimits.pemFileBytesMax else {
                throw TLSFault(.unreadableFile, code: UInt(EFBIG))
            }
            for index in 0..<count { bytes.append(block[index]) }
        }
    }
}
