// What a request with an `Idempotency-Key` owes to those who send the same one: its answer, or word that there is none.

final class AnswerClaim {
    let name: AnswerName
    /// An exchange has been opened for the request, and will end the claim.
    var isAdmitted = false
    /// Set when an answer is sent that may be kept.
    var answer: StoredAnswer?

    init(_ name: AnswerName) { self.name = name }
}
