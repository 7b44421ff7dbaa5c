import Adapters
import Gateway
import Reactor
import Wire

/// What the gateway itself does with one request.
enum GatewayBenches {
    /// Models of much the same worth, tried some twenty to two thousand times.
    private static func thompson(_ count: Int) -> Thompson {
        var (random, thompson) = (SplitMix(seed: 1), Thompson())
        for _ in 0..<count {
            let (mean, strength) = (0.6 + 0.2 * random.uniform(), 20 + 2_000 * random.uniform() * random.uniform())
            thompson.add(ArmPosterior(alpha: mean * strength, beta: (1 - mean) * strength))
        }
        return thompson
    }

    private static func draw(_ count: Int) -> Bench {
        let candidates = thompson(count)
        return Bench("Thompson draw among \(count)") { times in
            var (random, thompson) = (SplitMix(seed: 2), candidates)
            var sum: UInt64 = 0
            for _ in 0..<times { sum &+= UInt64(thompson.draw(&random) ?? 0) & 1 }
            return sum
        }
    }

    private static func probability(_ count: Int) -> Bench {
        let thompson = thompson(count)
        return Bench("probability of a winner among \(count)") { times in
            var sum: UInt64 = 0
            for time in 0..<times { sum &+= UInt64(thompson.probability(of: time % 4) * 1_000) + 1 }
            return sum
        }
    }

    /// Every sum is aged: the total is a tick ahead of the deltas.
    private static var merge: Bench {
        let forgetting = Forgetting(halfLifeSeconds: 600)
        var (delta, ahead) = (ArmTable(modelCount: 100), ArmTable(modelCount: 100))
        for model in 0..<100 {
            for bucket in TokenBucket.allCases {
                delta[model, bucket].add(0.5, at: 1_000_000, forgetting)
                ahead[model, bucket].add(0.5, at: 101_000_000, forgetting)
            }
        }
        return Bench("merge of 16 cores' arms of 100 models") { [delta, ahead] times in
            var total = ahead
            for _ in 0..<times { for _ in 0..<16 { total.merge(delta, forgetting) } }
            return total[99, .large].count > 1 ? UInt64(times) : 0
        }
    }

    static let all = [
        Bench("digest of a client key") { times in
            let key = Array("tokenhub_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff".utf8)
            var sum: UInt64 = 0
            for _ in 0..<times {
                let digest = SHA256.hash(key.span)
                sum &+= UInt64(digest[0])
            }
            return sum
        },
        Bench("key look-up among 10,000") { times in
            let snapshot = snapshot
            let digests = someDigests
            var sum: UInt64 = 0
            for time in 0..<times {
                let digest = digests[time & 63]
                sum &+= UInt64(snapshot.key(digest: digest.span) ?? 0) & 1
            }
            return sum
        },
        Bench("model look-up among 100") { times in
            let snapshot = snapshot
            let name = Array("model-23".utf8)
            var sum: UInt64 = 0
            for _ in 0..<times { sum &+= UInt64(snapshot.model(name.span) ?? 0) }
            return sum
        },
        Bench("Router.decide, the named of 100 models") { times in
            let (snapshot, health, candidates) = (snapshot, healthy, Candidates())
            var random = SplitMix(seed: 1)
            let query = Query(named: 23, operation: .chat, estimatedInputTokens: 400, now: 1)
            var sum: UInt64 = 0
            for _ in 0..<times {
                let decision = Router.decide(query, snapshot, health, using: &random, into: candidates)
                sum &+= UInt64(decision?.model ?? 0)
            }
            return sum
        },
        Bench("Router.decide, the best of 100 models") { times in
            let (snapshot, health, candidates) = (snapshot, healthy, Candidates())
            var random = SplitMix(seed: 1)
            let query = Query(named: nil, operation: .chat, estimatedInputTokens: 400, now: 1)
            var sum: UInt64 = 0
            for _ in 0..<times {
                let decision = Router.decide(query, snapshot, health, using: &random, into: candidates)
                sum &+= UInt64(decision?.model ?? 0)
            }
            return sum
        },
        draw(16), draw(100), probability(16), probability(100), merge,
        look("look for directives, 240 B", Samples.smallChat), look("look for directives, 100 KB", Samples.longChat),
        scan("scan a small chat request, 240 B", Samples.smallChat),
        scan("scan a long chat request, 100 KB", Samples.longChat),
        Bench("upstream body of a small chat request") { times in
            let body = Samples.smallChat
            let literal = Array(#""gpt-4o-mini-2024-07-18""#.utf8)
            var out = ByteBuffer(capacity: 4096)
            var sum: UInt64 = 0
            guard let request = try? ChatRequest(scanning: body.span, operation: .chat) else { return 0 }
            for _ in 0..<times {
                out.removeAll()
                let plan = RequestPlan(
                    request, bodyBytes: body.count, modelLiteralBytes: literal.count, wantsUsage: true)
                plan.write(body: body.span, modelLiteral: literal.span, into: &out)
                sum &+= UInt64(out.count)
            }
            return sum
        },
        Bench("usage of a whole answer, 360 B") { times in
            let body = Samples.answer
            var sum: UInt64 = 0
            for _ in 0..<times {
                let answer = try? WholeAnswer(body.span, operation: .chat)
                sum &+= answer?.hasUsage == true ? 1 : 0
            }
            return sum
        },
        Bench("tap on 64 events of 180 B", allocationsMax: 1) { times in
            let stream = Samples.events
            var sum: UInt64 = 0
            for _ in 0..<times {
                var tap = UsageTap(stripsUsage: true)
                var at = 0
                while at < stream.count {
                    let run = tap.next(in: stream.span, from: at)
                    if run.next == at { break }
                    at = run.next
                }
                sum &+= UInt64(tap.contentEventCount)
            }
            return sum
        },
    ]

    /// 10,000 keys, 100 models of 8 providers.
    static let snapshot: Snapshot = {
        let dialect = Provider.openAI
        let host = Array("127.0.0.1:9".utf8)
        let path: [UInt8] = []
        guard
            let target = try? Target(
                provider: dialect, host: host.span, basePath: path.span, key: path.span, userAgent: "tokenhub-micro")
        else { preconditionFailure("no target") }
        let providers = (0..<8).map { number in
            ProviderEntry(
                id: "provider-\(number)", dialect: dialect, target: target, host: "127.0.0.1", port: 9, isSecure: false,
                isEnabled: true)
        }
        let models = (0..<100).map { number in
            ModelEntry(
                id: "model-\(number)", literal: Array("\"model-\(number)\"".utf8), provider: number % 8,
                weight: number * 7 % 11, contextTokensMax: 128_000,
                prices: Prices(inputPer1K: 150_000, outputPer1K: 600_000),
                isEnabled: true)
        }
        let keys = (0..<10_000).map { number in
            KeyEntry(
                id: "\(number)", name: "key", digest: digest(of: number), scopes: .all, isEnabled: true, expiresAt: nil,
                rateLimitRPS: 0, monthlyBudgetNanoUSD: nil, state: KeyState())
        }
        return Snapshot(version: 1, settings: Snapshot.Settings(), providers: providers, models: models, keys: keys)
    }()

    /// Those of 64 of the keys.
    private static let someDigests = (0..<64).map { digest(of: $0 * 151) }

    private static let healthy = [ProviderHealth](repeating: ProviderHealth(), count: 8)

    private static func digest(of number: Int) -> [UInt8] {
        let text = Array("key \(number)".utf8)
        let digest = SHA256.hash(text.span)
        return digest.indices.map { digest[$0] }
    }

    private static func look(_ name: String, _ body: [UInt8]) -> Bench {
        Bench(name) { times in
            var sum: UInt64 = 0
            for _ in 0..<times { sum &+= Directives.mayStand(in: body.span) ? 0 : 1 }
            return sum
        }
    }

    private static func scan(_ name: String, _ body: [UInt8]) -> Bench {
        Bench(name) { times in
            var sum: UInt64 = 0
            for _ in 0..<times {
                let request = try? ChatRequest(scanning: body.span, operation: .chat)
                sum &+= UInt64(request?.estimatedInputTokens ?? 0)
            }
            return sum
        }
    }
}
