// A name that stands for one of several models, as the data plane sees it.

internal import Wire

package final class AliasEntry: Sendable {
    /// What a client keeps its variant by.
    package enum Stickiness: Sendable, Equatable { case request, apiKey, roundRobin }

    package struct Variant: Sendable, Equatable {
        /// Index into `Snapshot.models`; nil: no such model, and whoever draws it is routed as if nothing had been named.
        package let model: Int?
        /// Above 0.
        package let weight: Int

        package init(model: Int?, weight: Int) {
            self.model = model
            self.weight = weight
        }
    }

    package let nameBytes: [UInt8]
    /// The line of an answer's head that names it.
    package let headerLine: [UInt8]
    package let variants: [Variant]
    package let stickiness: Stickiness
    private let weightSum: UInt64

    /// - Parameter variants: at least one.
    package init(name: String, variants: [Variant], stickiness: Stickiness) {
        precondition(!variants.isEmpty && variants.allSatisfy { $0.weight > 0 }, "alias \(name) without weight")
        nameBytes = Array(name.utf8)
        headerLine = Array("X-Alias-From: ".utf8) + HeaderValue.of(name) + [13, 10]
        self.variants = variants
        self.stickiness = stickiness
        weightSum = variants.reduce(0) { $0 + UInt64($1.weight) }
    }

    /// The variant for a key: the same one each time, and the one that the original gives.
    /// - Source: spec section 11: FNV-1a of 32 bits modulo the sum of the weights.
    package func variant(for key: Span<UInt8>) -> Variant { variant(at: UInt64(FNV.hash32(key))) }

    /// The variant of the `turn`-th request, or of a random number: each stands as often as its weight says.
    package func variant(at turn: UInt64) -> Variant {
        var left = turn % weightSum
        for variant in variants {
            if left < UInt64(variant.weight) { return variant }
            left -= UInt64(variant.weight)
        }
        preconditionFailure("a remainder below the sum of all weights")
    }
}
