// What a request asks of the router.

package import Adapters
package import Wire

package struct Query: Sendable {
    /// Index of the model the client named, when it is one of ours.
    package var named: Int?
    /// Only the models that `*` stands for may answer.
    package var isFromPool = false
    package var operation: Operation
    @Small package var estimatedInputTokens: Int
    /// What the answer is taken to count, for estimates: the caller's limit, or the original's 512.
    @Small package var assumedOutputTokens = 512
    package var policy = RoutingPolicy()
    /// Nanoseconds on the loop's clock.
    package var now: UInt64
    /// Models that were tried for this request already.
    package var tried: Tried
    /// Providers that have failed this request: their other models are asked when no other provider is left.
    package var failedProviders = Tried()

    /// Ways between wires that are closed to this request: a bit per translation.
    private var closedWays: UInt8 = 0

    /// The request does not go into the other wire of `translation`, whoever the provider is.
    mutating func close(_ translation: Translation) { closedWays |= 1 << translation.rawValue }

    /// Whether the request can be put into the words of a provider of this dialect, as far as is known.
    @inline(__always)
    func reaches(_ dialect: Provider) -> Bool { closedWays == 0 || hasWay(to: dialect) }

    private func hasWay(to dialect: Provider) -> Bool {
        guard case .translated(let translation) = dialect.passage(of: operation) else { return true }
        return closedWays & 1 << translation.rawValue == 0
    }

    /// A short list of indices, without memory of its own: as many as a request has attempts.
    package struct Tried: Sendable {
        private var indices = InlineArray<4, Int32>(repeating: -1)
        private var inserted: Int32 = 0

        package init() {}

        package var count: Int { Int(inserted) }

        package mutating func insert(_ one: Int) {
            indices[count % 4] = Int32(one)
            inserted += 1
        }

        package func contains(_ one: Int) -> Bool {
            var index = 0
            while index < Swift.min(count, 4) {
                if indices[index] == Int32(one) { return true }
                index &+= 1
            }
            return false
        }
    }

    /// Attempts made for this request so far.
    package var attemptCount: Int { tried.count }

    package init(
        named: Int?, operation: Operation, estimatedInputTokens: Int, now: UInt64, tried: Tried = Tried()
    ) {
        self.named = named
        self.operation = operation
        self.estimatedInputTokens = estimatedInputTokens
        self.now = now
        self.tried = tried
    }
}
