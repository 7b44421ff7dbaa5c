// Compressed bodies for tests.

internal import CCompress

// Fence: C compressors over arrays, within one call each.
package enum Compressed {
    package static func gzip(_ bytes: [UInt8]) -> [UInt8] { zlib(bytes, windowBits: 15 + 16) }
    package static func deflate(_ bytes: [UInt8]) -> [UInt8] { zlib(bytes, windowBits: 15) }

    package static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        let context = unsafe ZSTD_createCCtx()
        defer { unsafe ZSTD_freeCCtx(context) }
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
        var target = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = unsafe ZSTD_compress2(context, &target, target.count, bytes, bytes.count)
        precondition(ZSTD_isError(count) == 0)
        return Array(target[0..<count])
    }

    private static func zlib(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        precondition(
            unsafe deflateInit2_(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
        var target = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(bytes.count))))
        var source = bytes
        let made = unsafe source.withUnsafeMutableBufferPointer { source in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                precondition(unsafe CCompress.deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return unsafe target.count - Int(stream.avail_out)
            }
        }
        unsafe deflateEnd(&stream)
        return Array(target[0..<made])
    }
}
