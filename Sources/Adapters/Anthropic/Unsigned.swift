// Reasoning that no provider of the Messages wire has signed.

/// The wire demands a signature of every thinking block. Ours begin with `th1.`, so that they are known when they come back.
enum Unsigned {
    static var signature: StaticString { "th1.none" }
}
