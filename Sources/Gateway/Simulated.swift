// A simulated provider that lives in this process, with its models.

internal import Adapters
package import Sim
package import Store
internal import Wire

package struct Simulated: Sendable {
    package let provider: String
    package let profile: SimProfile
    package let models: [ModelRow]

    package init(provider: String, profile: SimProfile, models: [ModelRow]) {
        self.provider = provider
        self.profile = profile
        self.models = models
    }

    /// What so many tokens of a demo model cost, in dollars.
    package static func cost(of model: String, inputTokens: Int, outputTokens: Int) -> String? {
        guard let row = demo.lazy.flatMap(\.models).first(where: { $0.id == model }),
            let cost = Prices(inputPer1K: row.inputNanoUSDPer1K, outputPer1K: row.outputNanoUSDPer1K)
                .cost(of: Usage(inputTokens: Int64(inputTokens), outputTokens: Int64(outputTokens)))
        else { return nil }
        var text = ByteBuffer()
        NanoDollars.write(cost, into: &text)
        return String(copying: text.bytes)
    }

    /// The three of the demo: one answers at once, one thinks first, one costs next to nothing and fails now and then.
    package static var demo: [Simulated] {
        func model(_ id: String, _ provider: String, weight: Int, context: Int, input: Int64, output: Int64) -> ModelRow
        {
            ModelRow(
                id: id, providerID: provider, weight: weight, contextTokensMax: context, inputNanoUSDPer1K: input,
                outputNanoUSDPer1K: output, origin: "sim")
        }
        return [
            Simulated(
                provider: "sim-fast",
                profile: SimProfile(
                    models: [Array("sim-fast-1".utf8)],
                    timeToFirst: .lognormal(medianNanoseconds: 80_000_000, sigma: 0.3),
                    betweenTokens: .exponential(meanNanoseconds: 12_000_000), tokens: 32),
                models: [
                    model("sim-fast-1", "sim-fast", weight: 7, context: 128_000, input: 150_000, output: 600_000)
                ]),
            Simulated(
                provider: "sim-smart",
                profile: SimProfile(
                    models: [Array("sim-smart-1".utf8), Array("sim-embed-1".utf8)],
                    timeToFirst: .lognormal(medianNanoseconds: 400_000_000, sigma: 0.4),
                    betweenTokens: .exponential(meanNanoseconds: 25_000_000), tokens: 48),
                models: [
                    model(
                        "sim-smart-1", "sim-smart", weight: 5, context: 200_000, input: 2_500_000, output: 10_000_000),
                    model("sim-embed-1", "sim-smart", weight: 1, context: 8_192, input: 20_000, output: 0),
                ]),
            Simulated(
                provider: "sim-cheap",
                profile: SimProfile(
                    models: [Array("sim-cheap-1".utf8)],
                    timeToFirst: .lognormal(medianNanoseconds: 150_000_000, sigma: 0.6),
                    betweenTokens: .exponential(meanNanoseconds: 20_000_000), tokens: 24,
                    chances: [SimProfile.Chance(.status(503, retryAfterSeconds: nil), perMille: 20)]),
                models: [
                    model("sim-cheap-1", "sim-cheap", weight: 3, context: 32_000, input: 20_000, output: 80_000)
                ]),
        ]
    }
}
