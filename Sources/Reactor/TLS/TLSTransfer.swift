// The BIO between OpenSSL and the reactor's memory: reads from the span and writes to the buffer of the current call.
//
// OpenSSL's own memory BIOs keep a growing block each, 16 KB and more per direction and connection, and copy every record
// once more. This one owns nothing: an idle session holds no ciphertext.

import COpenSSL
import Glibc
import Wire

// Fence: what one call into OpenSSL reads from and writes to. Lives on the stack of that call; the BIO points to it only
// meanwhile (`TLSSession.during`).
@safe struct TLSTransfer {
    var input: UnsafePointer<UInt8>?
    var inputBytesLeft: Int
    var outbox: UnsafeMutablePointer<ByteBuffer>
    /// A resumable session the server handed out during this call; owned by whoever takes it from here.
    var offeredSession: OpaquePointer?
    /// OpenSSL found nothing where the five bytes of a record's head were to come: it holds no part of a record.
    var isAtRecordStart = false

    /// The methods of the BIO; one per context, freed with it, after the last session.
    static func makeMethod() -> OpaquePointer? {
        // 100: any type number without descriptor flags that no built-in BIO uses would do.
        guard let method = unsafe BIO_meth_new(100 | BIO_TYPE_SOURCE_SINK, "tokenhub transfer") else { return nil }
        unsafe BIO_meth_set_read_ex(method, tlsTransferRead)
        unsafe BIO_meth_set_write_ex(method, tlsTransferWrite)
        unsafe BIO_meth_set_ctrl(method, tlsTransferControl)
        return unsafe method
    }

    /// The transfer of the call in which OpenSSL is right now.
    static func current(_ bio: OpaquePointer?) -> UnsafeMutablePointer<TLSTransfer>? {
        // SAFETY: `during` is the only one who sets this pointer, and it takes it away before the transfer ends.
        unsafe BIO_get_data(bio)?.assumingMemoryBound(to: TLSTransfer.self)
    }
}

// SAFETY (all three callbacks): OpenSSL passes a valid BIO, a block of the length it names, and a valid place for the count.

private func tlsTransferRead(
    _ bio: OpaquePointer?, _ destination: UnsafeMutablePointer<CChar>?, _ wanted: Int,
    _ readCount: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let transfer = unsafe TLSTransfer.current(bio), let input = unsafe transfer.pointee.input,
        unsafe transfer.pointee.inputBytesLeft > 0, let destination = unsafe destination
    else {
        unsafe TLSTransfer.current(bio)?.pointee.isAtRecordStart = wanted == 5
        unsafe tokenhub_bio_retry_read(bio)
        return 0
    }
    let count = unsafe min(wanted, transfer.pointee.inputBytesLeft)
    unsafe memcpy(destination, input, count)
    unsafe transfer.pointee.input = input + count
    unsafe transfer.pointee.inputBytesLeft &-= count
    unsafe readCount?.pointee = count
    unsafe tokenhub_bio_clear_retry(bio)
    return 1
}

private func tlsTransferWrite(
    _ bio: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ count: Int, _ writtenCount: UnsafeMutablePointer<Int>?
) -> Int32 {
    unsafe tokenhub_bio_clear_retry(bio)
    guard let transfer = unsafe TLSTransfer.current(bio), let source = unsafe source else { return 0 }
    let bytes = unsafe UnsafeRawBufferPointer(start: source, count: count).assumingMemoryBound(to: UInt8.self)
    unsafe transfer.pointee.outbox.pointee.append(bytes.span)
    unsafe writtenCount?.pointee = count
    return 1
}

private func tlsTransferControl(
    _ bio: OpaquePointer?, _ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
    switch command {
    // What was written stands in the outbox already.
    case BIO_CTRL_FLUSH: 1
    case BIO_CTRL_PENDING: unsafe TLSTransfer.current(bio)?.pointee.inputBytesLeft ?? 0
    default: 0
    }
}
