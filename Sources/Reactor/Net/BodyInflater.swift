// Decompressing a request body piece by piece, within bounds.

import CCompress
import Glibc
package import Wire

// Fence: one decoder of zlib or zstd, freed with this value; it sees the caller's memory during a call only.
/// Memory: about 45 KB for gzip and deflate, up to 8 MB + 200 KB for zstd (its window, which RFC 9659 bounds for HTTP).
@safe package struct BodyInflater: ~Copyable {
    /// The content codings (RFC 9110 section 8.4.1) a body may have.
    package enum Coding: Sendable {
        case gzip, deflate, zstd

        /// By its name in Content-Encoding, in any case; `nil` for every other.
        package init?(_ name: Span<UInt8>) {
            guard (4...7).contains(name.count) else { return nil }
            var text = ""
            for index in name.indices { text.unicodeScalars.append(UnicodeScalar(name[index])) }
            switch text.lowercased() {
            case "gzip", "x-gzip": self = .gzip
            case "deflate": self = .deflate
            case "zstd": self = .zstd
            default: return nil
            }
        }
    }

    @safe private enum Decoder {
        case zlib(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private let decoder: Decoder
    private var isComplete = false
    private var fault: InflateFault?
    /// Bytes taken in and given out so far.
    package private(set) var inputBytes = 0
    package private(set) var outputBytes = 0

    package init(_ coding: Coding) throws(InflateFault) {
        switch coding {
        case .gzip: unsafe decoder = .zlib(try BodyInflater.makeZlib(windowBits: 15 + 16))
        // "deflate" is the zlib format (RFC 9110 section 8.4.1.2), not bare deflate data.
        case .deflate: unsafe decoder = .zlib(try BodyInflater.makeZlib(windowBits: 15))
        case .zstd: unsafe decoder = .zstd(try BodyInflater.makeZstd())
        }
    }

    deinit {
        switch decoder {
        case .zlib(let stream):
            unsafe inflateEnd(stream)
            unsafe stream.deallocate()
        case .zstd(let context): unsafe ZSTD_freeDCtx(context)
        }
    }

    /// Appends what `input` holds to `output`.
    /// - Parameter input: may begin and end anywhere; all of it is used.
    /// - Parameter outputMax: bytes of the whole body, over all calls.
    /// - Throws: and again the same from every later call.
    package mutating func inflate(
        _ input: Span<UInt8>, into output: inout ByteBuffer, outputMax: Int
    ) throws(InflateFault) {
        if let fault { throw fault }
        do {
            try step(input, into: &output, outputMax: outputMax)
        } catch {
            fault = error
            throw error
        }
    }

    /// To be called at the end of the body.
    /// - Throws: `truncated` when the compressed data has not ended.
    package mutating func finish() throws(InflateFault) {
        if let fault { throw fault }
        if !isComplete { throw .truncated }
    }

    private mutating func step(
        _ input: Span<UInt8>, into output: inout ByteBuffer, outputMax: Int
    ) throws(InflateFault) {
        var used = 0
        while true {
            if isComplete {
                if used < input.count { throw .trailingBytes }
                return
            }
            // The ratio is taken over what the decoder has seen, not over what it was given with this call.
            let ratioMax = max(
                InflateLimits.ratioFreeBytes, (inputBytes &+ input.count &- used) &* InflateLimits.ratioMax)
            // One byte more than allowed, so that a body of just the allowed size is told from a larger one.
            let room = min(InflateLimits.stepBytes, min(outputMax, ratioMax) &- outputBytes &+ 1)
            precondition(room > 0, "inflated \(outputBytes) bytes, allowed \(outputMax)")
            var free = output.freeSpace(atLeast: room)
            // SAFETY: input and free space are used within their bounds and during the call.
            let progress = unsafe free.withUnsafeMutableBufferPointer { free in
                unsafe input.withUnsafeBufferPointer { input in
                    unsafe advance(
                        UnsafeBufferPointer(rebasing: input[used...]),
                        UnsafeMutableBufferPointer(rebasing: free[..<room]))
                }
            }
            output.commit(progress.made)
            used &+= progress.used
            inputBytes &+= progress.used
            outputBytes &+= progress.made
            switch progress.outcome {
            case .goesOn: break
            case .complete: isComplete = true
            case .malformed: throw .malformed
            case .outOfMemory: throw .outOfMemory
            }
            if progress.used == 0 && progress.made == 0 && used < input.count && !isComplete { throw .malformed }
            if outputBytes > outputMax { throw .tooLarge }
            if outputBytes > max(InflateLimits.ratioFreeBytes, inputBytes &* InflateLimits.ratioMax) {
                throw .ratioExceeded
            }
            // Room left over means that the decoder has nothing more to give for this input.
            if !isComplete && used == input.count && progress.made < room { return }
        }
    }

    // MARK: Inside the decoders

    private enum Outcome { case goesOn, complete, malformed, outOfMemory }

    private struct Progress {
        let used: Int
        let made: Int
        let outcome: Outcome
    }

    private borrowing func advance(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) -> Progress {
        switch decoder {
        case .zlib(let stream):
            let given = UInt32(clamping: input.count)
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = given
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let code = unsafe CCompress.inflate(stream, Z_NO_FLUSH)
            let outcome: Outcome =
                switch code {
                case Z_OK, Z_BUF_ERROR: .goesOn
                case Z_STREAM_END: .complete
                case Z_MEM_ERROR: .outOfMemory
                default: .malformed
                }
            return unsafe Progress(
                used: Int(given - stream.pointee.avail_in), made: output.count - Int(stream.pointee.avail_out),
                outcome: outcome)
        case .zstd(let context):
            var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
            var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            let code = unsafe ZSTD_decompressStream(context, &target, &source)
            let outcome: Outcome =
                if ZSTD_isError(code) != 0 {
                    ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation ? .outOfMemory : .malformed
                } else {
                    code == 0 ? .complete : .goesOn
                }
            return unsafe Progress(used: source.pos, made: target.pos, outcome: outcome)
        }
    }

    private static func makeZlib(windowBits: Int32) throws(InflateFault) -> UnsafeMutablePointer<z_stream> {
        // On the heap, for zlib keeps a pointer from its state back to the stream.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
        return unsafe stream
    }

    private static func makeZstd() throws(InflateFault) -> OpaquePointer {
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, InflateLimits.zstdWindowLogMax)
        return unsafe context
    }
}
