// What the gateway must know of a request body, as offsets into it.

package import Wire

/// A request of any wire, scanned once: validated wholly, its members found, its bounds checked.
///
/// It holds offsets and counts, no bytes: the body itself stays untouched, so that a retry starts from it and every
/// member nobody here knows goes upstream as it came.
package struct ChatRequest: Sendable {
    package let operation: Operation
    /// Offset behind the `{` that opens the request.
    @Small package internal(set) var objectStart = 0
    /// The value of `model` as written, quotes included; may be `null`.
    package internal(set) var modelLiteral = ByteRange.none
    /// The inside of the model's string; empty when absent, `null` or empty. `*` or empty leave the choice to us.
    package internal(set) var model = ByteRange.none
    /// The model is written with escapes, so that `model` is not yet its name. See `writeModel`.
    package internal(set) var modelHasEscapes = false
    package internal(set) var isStream = false
    /// The client wants the extra usage event at the end of its stream.
    package internal(set) var includesUsage = false
    /// The value of `messages`, `prompt` or `input`.
    package internal(set) var subject = ByteRange.none
    /// Messages, items of a Responses request, or texts of an embeddings or completions request.
    @Small package internal(set) var subjectCount = 0
    @Small package internal(set) var toolCount = 0
    /// `n`, or `best_of` where that is more: the answers the provider has to compute.
    @Small package internal(set) var choiceCount = 1
    /// The smallest of `max_tokens`, `max_completion_tokens` and `max_output_tokens`; `nil`: the provider's own limit.
    package internal(set) var outputTokensMax: Int?
    /// The value of `stream_options` as written: an object or `null`.
    package internal(set) var streamOptions = ByteRange.none
    package internal(set) var streamOptionsIsObject = false
    package internal(set) var streamOptionsIsEmpty = false
    /// The value of `stream_options.include_usage` as written: a boolean or `null`.
    package internal(set) var includeUsage = ByteRange.none
    /// A Messages or Responses request with reasoning in it that only we have signed, which no provider of its wire takes. See
    /// `Unsigned`.
    package internal(set) var hasUnsigned = false
    /// What the prompt will count, before a provider has counted it. See `TokenCount`.
    @Small package internal(set) var estimatedInputTokens = 0
    /// A bit per member that is there, `null` included.
    private var present: UInt32 = 0

    /// One whose body is not looked at.
    package init(operation: Operation) { self.operation = operation }

    /// Whether the member is there, be it `null`.
    package func has(_ field: RequestField) -> Bool { present & (1 << UInt32(field.rawValue)) != 0 }

    /// Notes that the member is there.
    /// - Throws: `.ambiguous` when it was there before.
    mutating func note(_ field: RequestField) throws(RequestFault) {
        if has(field) { throw .ambiguous(field) }
        present |= 1 << UInt32(field.rawValue)
    }
}
