// What a request asks of the router.

package import Adapters

package struct Query: Sendable {
    /// Index of the model the client named, when it is one of ours.
    package var named: Int?
    package var operation: Operation
    package var estimatedInputTokens: Int
    /// Nanoseconds on the loop's clock.
    package var now: UInt64
    /// Models that were tried for this request already.
    package var tried: Tried

    /// A short list of model indices, without memory of its own.
    package struct Tried: Sendable {
        private var models = InlineArray<8, Int32>(repeating: -1)
        package private(set) var count = 0

        package init() {}

        package mutating func insert(_ model: Int) {
            models[count % 8] = Int32(model)
            count += 1
        }

        package func contains(_ model: Int) -> Bool {
            var index = 0
            while index < Swift.min(count, 8) {
                if models[index] == Int32(model) { return true }
                index &+= 1
            }
            return false
        }
    }

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
