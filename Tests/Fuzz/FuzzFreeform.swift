// Entry of libFuzzer; built by scripts/fuzz together with the body it calls.

// Fence: libFuzzer's pointer is read during the call only.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // SAFETY: libFuzzer passes `count` readable bytes.
    fuzzFreeform(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
