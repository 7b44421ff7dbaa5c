// `POST /v1/feedback`: what an answer was worth to who asked.

internal import Adapters
internal import Store
internal import Wire

/// The body is `{"request_id": "...", "score": 0...1}`. The verdict counts for the attempt that answered, in the bandit's next
/// decision on; a second verdict takes the place of the first. Only the key that asked may judge.
enum Feedback {
    static func answer(_ call: AdminCall, of key: String, _ state: ControlState, _ arms: inout ArmLedger)
        -> AdminResponse
    {
        let requestID: String
        let score: Double
        do throws(AdminFault) {
            let body = try AdminBody(call.body)
            guard let named = try body.string("request_id"), !named.isEmpty else {
                throw .badRequest("request_id is required")
            }
            guard let given = try body.double("score", in: 0...1) else {
                throw .badRequest("score is required: 0 to 1")
            }
            (requestID, score) = (named, given)
        } catch {
            return refusal(error.status, error.message, "invalid_feedback", call)
        }
        do throws(StoreFault) {
            let attempts = try state.database.rewards.attempts(of: requestID)
            guard let judged = attempts.last(where: { $0.isSuccess && $0.apiKeyID == key }) else {
                return refusal(
                    404, "no answer of this request_id whose model was TokenHub's choice", "request_not_found", call)
            }
            try state.database.rewards.judge(judged.id, score: score)
            if let bucket = TokenBucket(label: judged.tokenBucket) {
                arms.revise(
                    judged.modelID, bucket, from: judged.earned, to: Reward.judged(judged.reward, score: score),
                    at: UInt64(clamping: judged.timestamp.milliseconds) &* 1_000_000)
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("ok", true)
            writer.member("request_id", requestID)
            writer.member("model", judged.modelID)
            writer.member("reward", Reward.judged(judged.reward, score: score))
            writer.endObject()
            return AdminResponse(status: 200, body: writer.takeBytes())
        } catch {
            return refusal(500, "the verdict could not be stored", "store_failed", call)
        }
    }

    private static func refusal(_ status: Int, _ message: String, _ code: StaticString, _ call: AdminCall)
        -> AdminResponse
    {
        var out = ByteBuffer()
        ErrorBody(status: status, type: status >= 500 ? "server_error" : "invalid_request_error", code: code).write(
            .openAI, message: Array(message.utf8).span, requestID: call.requestID.bytes, into: &out)
        return AdminResponse(status: status, body: Array(copying: out.bytes))
    }
}
