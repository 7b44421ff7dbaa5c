import Sim
import Testing
import Wire

struct SimFaultTests {
    static func play(_ fault: String, stream: Bool) -> Played {
        Played(
            chat(stream ? #","stream":true,"stream_options":{"include_usage":true}"# : ""),
            headers: "x-sim-fault: \(fault)\r\nx-sim-tokens: 6\r\n")
    }

    @Test(arguments: [
        ("429:7", 429, "rate_limit_exceeded"), ("429", 429, "rate_limit_exceeded"), ("500", 500, "sim_fault"),
        ("503", 503, "sim_fault"), ("404", 404, "sim_fault"), ("insufficient_quota", 429, "insufficient_quota"),
        ("context_length_exceeded", 400, "context_length_exceeded"),
    ])
    func errorAnswersAreWhole(fault: String, status: Int, code: String) {
        for stream in [false, true] {
            let played = Self.play(fault, stream: stream)
            #expect(played.end == .finished)
            #expect(played.answer?.status == status)
            #expect(played.answer?.isComplete == true)
            #expect(value("error.code", of: played.answer?.text ?? "") == code)
            #expect(played.answer?.head.contains("Retry-After: 7\r\n") == (fault == "429:7"))
        }
    }

    @Test func nothingComesBeforeTheFirstByte() {
        for (fault, end) in [("stall", SimStep.stall), ("reset", .reset), ("close", .close)] {
            for stream in [false, true] {
                let played = Self.play(fault, stream: stream)
                #expect(played.bytes.isEmpty)
                #expect(played.end == end)
            }
        }
    }

    @Test func aStreamBreaksWhereItIsTold() {
        for (fault, end) in [("stall", SimStep.stall), ("reset", .reset), ("close", .close), ("bad-chunk", .close)] {
            for after in 1...6 {
                let played = Self.play("\(fault):\(after)", stream: true)
                #expect(played.end == end)
                #expect(played.answer?.isComplete == false)
                let data = events(played.answer?.payload ?? [])
                #expect(data.count == 1 + after, "\(fault) after \(after)")
                #expect(!played.text.contains("[DONE]\n\n"))
            }
            // A place that is never reached changes nothing.
            #expect(Self.play("\(fault):99", stream: true).answer?.isComplete == true)
        }
    }

    @Test func aWholeAnswerBreaksInTheMiddle() {
        for (fault, end) in [("stall:1", SimStep.stall), ("reset:1", .reset), ("close:1", .close), ("cut", .close)] {
            let played = Self.play(fault, stream: false)
            #expect(played.end == end)
            #expect(played.answer?.status == 200)
            #expect(played.answer?.isComplete == false)
            #expect(played.answer?.payload.isEmpty == false)
        }
    }

    @Test func theHeadMayBeAllThatComes() {
        for stream in [false, true] {
            let played = Self.play("stall-head", stream: stream)
            #expect(played.end == .stall)
            #expect(played.answer?.status == 200)
            #expect(played.answer?.payload.isEmpty == true)
        }
    }

    @Test func aCutStreamIsWellFramedAndIncomplete() {
        let played = Self.play("cut:2", stream: true)
        #expect(played.end == .finished)
        #expect(played.answer?.isComplete == true)
        #expect(!played.text.contains("DONE"))
        #expect(!played.text.contains("\"finish_reason\":\"stop\""))
    }

    @Test func anErrorEventEndsTheStream() {
        let played = Self.play("error-event:2", stream: true)
        let data = events(played.answer?.payload ?? [])
        #expect(value("error.type", of: data.last ?? "") == "server_error")
        #expect(data.count == 4)
        #expect(played.answer?.isComplete == true)
        #expect(value("error.type", of: Self.play("error-event", stream: false).answer?.text ?? "") == "server_error")
    }

    @Test func malformedJSONComesAsAskedFor() {
        let stream = events(Self.play("malformed:2", stream: true).answer?.payload ?? [])
        #expect(stream.filter { !isJSON($0) && $0 != "[DONE]" }.count == 1)
        #expect(!isJSON(stream[3]))
        #expect(stream.last == "[DONE]")
        let whole = Self.play("malformed", stream: false)
        #expect(whole.answer?.isComplete == true)
        #expect(!isJSON(whole.answer?.text ?? ""))
    }

    @Test func answersThatAreNoneComeAsAskedFor() {
        #expect(Self.play("empty", stream: false).answer?.payload.isEmpty == true)
        #expect(Self.play("empty", stream: true).answer?.status == 200)
        #expect(Self.play("empty-object", stream: false).answer?.text == "{}")
        #expect(value("error.code", of: Self.play("error-object", stream: false).answer?.text ?? "") == "sim_fault")
        #expect(Self.play("html", stream: false).answer?.head.contains("text/html") == true)
        #expect(Self.play("redirect", stream: false).answer?.status == 307)
        #expect(Self.play("redirect", stream: true).answer?.head.contains("\r\nLocation: http://") == true)
        #expect(Self.play("garbage", stream: false).answer == nil)
        #expect(Self.play("garbage", stream: false).end == .close)
    }

    @Test func aWrongLengthIsWrong() {
        let right = Self.play("none", stream: false).answer?.payload
        for by in ["5", "-5"] {
            let played = Self.play("wrong-length:\(by)", stream: false)
            #expect(played.end == .close)
            #expect(played.answer?.isComplete == false)
            #expect(played.answer?.payload == right)
        }
    }

    @Test func aDripIsTheSameAnswerByteByByte() {
        for stream in [false, true] {
            let plain = Self.play("none", stream: stream)
            let played = Self.play("drip:20", stream: stream)
            #expect(played.bytes == plain.bytes)
            #expect(played.writeCount == plain.bytes.count)
            #expect(played.waits == Array(repeating: 20_000_000, count: plain.bytes.count))
        }
    }

    @Test func aHugeEventStandsBeforeTheOthers() {
        let data = events(Self.play("huge-event:100000", stream: true).answer?.payload ?? [])
        #expect(value("choices.0.delta.content", of: data[1])?.utf8.count == 100_000)
        #expect(data.dropLast().allSatisfy(isJSON))
        #expect(data.last == "[DONE]")
    }

    @Test func commentsComeFirst() {
        let played = Self.play("comments:3", stream: true)
        #expect(
            played.answer?.text.hasPrefix(": still thinking\n\n: still thinking\n\n: still thinking\n\ndata: {") == true
        )
    }

    @Test(arguments: ["", "nonsense", "429:x", "200", "600", "stall:-1", "reset:1:2", "stall:99999999999", ":5"])
    func whatCannotBeReadIsIgnored(fault: String) {
        #expect(SimFault(parsing: Array(fault.utf8).span) == nil)
        #expect(Self.play(fault, stream: false).answer?.status == 200)
    }

    @Test func chanceStrikesAsOftenAsItShould() {
        let profile = SimProfile(chances: [.init(.status(503, retryAfterSeconds: nil), perMille: 300)])
        let base = UInt64.random(in: 0...UInt64.max)
        let struck = (0..<1000).filter {
            Played(chat(), profile: profile, seed: base &+ $0).answer?.status == 503
        }
        #expect((200...400).contains(struck.count), "seed \(base)")
        for seed in struck.prefix(5) {
            #expect(Played(chat(), profile: profile, seed: base &+ seed).answer?.status == 503)
            let headers = "x-sim-fault: none\r\n"
            #expect(Played(chat(), headers: headers, profile: profile, seed: base &+ seed).answer?.status == 200)
            #expect(
                Played("", path: "/health", method: "GET", profile: profile, seed: base &+ seed).answer?.status == 200)
        }
    }

    @Test(
        arguments: [
            ("{", 400, nil), ("[]", 400, nil), ("{}", 400, "model"), (#"{"model":"sim-small"}"#, 400, "messages"),
            (chat(model: "unknown"), 404, "model"),
        ] as [(String, Int, String?)])
    func badRequestsAreRefused(body: String, status: Int, param: String?) {
        let profile = SimProfile(models: [Array("sim-small".utf8)])
        let answer = Played(body, profile: profile).answer
        #expect(answer?.status == status)
        #expect(value("error.param", of: answer?.text ?? "") == param ?? "null")
        #expect(value("error.type", of: answer?.text ?? "") == "invalid_request_error")
    }

    @Test func pathsMethodsAndKeysAreChecked() {
        #expect(Played(chat(), path: "/v2/chat").answer?.status == 404)
        #expect(Played("", method: "GET").answer?.status == 405)
        let profile = SimProfile(key: Array("secret".utf8))
        #expect(Played(chat(), profile: profile).answer?.status == 401)
        #expect(Played(chat(), headers: "Authorization: Bearer secres\r\n", profile: profile).answer?.status == 401)
        #expect(Played(chat(), headers: "Authorization: Bearer secret\r\n", profile: profile).answer?.status == 200)
    }
}
