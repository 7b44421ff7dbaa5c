// The bounds of this module: what a client may ask of a provider, and what a provider may make us keep.

/// Every bound with its unit (in the name) and its reason.
package enum Limits {
    // MARK: What one request may ask for

    /// Answers per request. A provider computes all of them at once, so this multiplies its memory (CVE-2026-34756).
    package static let choiceCountMax = 16
    /// Tokens of one answer. Above the largest output window any provider offers; a typing error must not cost a fortune.
    package static let outputTokensMax = 1_000_000
    /// Stop sequences. Providers take 4 to 16; each is searched for after every token.
    package static let stopCountMax = 16
    /// Bytes of one stop sequence as written. Longer ones never match and only cost the provider's matcher.
    package static let stopBytesMax = 1024
    /// Tools. Providers take 128; agents with many servers send some hundreds before they are trimmed.
    package static let toolCountMax = 512
    /// Messages. The longest agent sessions seen hold some thousands.
    package static let messageCountMax = 10_000
    /// Texts of one embeddings or completions request. The OpenAI API takes 2,048 inputs.
    package static let inputCountMax = 2048
    /// Bytes of a model name as written. The longest public names (hub paths with a revision) stay under 150.
    package static let modelBytesMax = 256
    /// Bytes of `user` and `prompt_cache_key` as written. They become keys of our own tables; SDKs send UUIDs or hashes.
    package static let userBytesMax = 512
    /// Members of the request object. Chat completions knows about 40; each costs a comparison per known key.
    package static let memberCountMax = 512
    /// Levels of nesting in a request. Tool schemas reach about 30; deeper text only attacks the parsers behind us.
    package static let requestDepthMax = 128

    /// Levels of nesting in a request that goes to another wire, whose form adds some levels to what it takes over.
    package static let translatedDepthMax = 120
    /// Levels of nesting in a call's arguments, which clients send as text. They are put into a request at its fifth level.
    package static let argumentsDepthMax = 112
    /// Calls of one turn. Providers make up to some dozens at once; each is compared with every result.
    package static let callCountMax = 1024
    /// Bytes of a call's id beyond which it is replaced by a hash. Ids of providers have 9 to 64.
    package static let toolIDBytesMax = 128
    /// Bytes of a tool's name, as Anthropic takes it; OpenAI takes 64.
    package static let toolNameBytesMax = 128
    /// Tokens that a model is told to think at least: Anthropic takes no smaller budget.
    package static let thinkingTokensMin = 1024
    /// Bytes of a user's name that OpenAI takes.
    package static let userNameBytesMax = 64

    /// Bytes of the head of a form's part, which is gathered: two or three lines, the longest a file's name.
    static let partHeadBytesMax = 8 * 1024

    // MARK: What counts as input beside text

    /// Tokens around each message: who speaks, where it begins and ends.
    static let messageTokens = 4
    /// Tokens around each tool, beside the text of its definition.
    static let toolTokens = 8
    /// Tokens of an image of a megapixel, as OpenAI counts it; its size is not known before it is decoded.
    static let chatImageTokens = 765
    /// Tokens of such an image as Anthropic counts it.
    static let messagesImageTokens = 1600

    // MARK: What one answer may make us hold

    /// Levels of nesting in a provider's answer or event.
    package static let answerDepthMax = 128
    /// Bytes of the previous event kept per stream, so that the next is compared and not parsed. An ordinary chunk has
    /// 150 to 350 bytes; an open stream must stay under 2 KB in all.
    package static let eventBytesKeptMax = 512
    /// Strings of the kept event that may differ in the next one: content, reasoning, a tool's arguments, padding.
    package static let eventSlotCountMax = 4
    /// Bytes of an error answer searched for what went wrong. Providers say it in the first few hundred.
    package static let errorBytesSearchedMax = 16 * 1024
    /// Bytes of an answer's id or model name that a translation repeats with each event. Longer ones are left out: a provider
    /// must not make us send a page with every word.
    package static let answerNameBytesMax = 256
    /// Calls of one answer. Each costs an item of the client's wire, whatever little the provider sent for it.
    package static let answerCallsMax = 1024
    /// Bytes of a streamed answer that its end repeats, on the Responses wire only. As much as a whole answer may have.
    package static let repeatedBytesMax = 16 * 1024 * 1024
    /// Bytes of a request member that a Responses object repeats. Numbers, words and small objects; a schema is not.
    package static let echoBytesMax = 512
    /// Bytes of an error answer without a sentence of a known shape that a client is shown as it is: some lines.
    package static let errorTextBytesMax = 512
    /// Bytes of a `usage` object that is picked out of an answer that passes through. The longest known have 400.
    package static let usageBytesMax = 4096
    /// Tokens one answer may claim. More is a provider's mistake, and would overflow the sums that money is made of.
    package static let usageTokensMax: Int64 = 10_000_000_000
    /// Seconds a provider may ask us to wait. A longer wait is cut to this: an hour out of use is as good as down.
    package static let retryAfterSecondsMax: Int64 = 3600

    // MARK: What one upstream request may carry

    /// Places of a body that may be replaced or inserted into: the model, and `stream_options`.
    package static let editCountMax = 2
    /// Bytes of a prompt's texts that are counted one by one for the estimate: 25 us. What is longer is sampled, since it would hold up
    /// the streams beside it for milliseconds.
    package static let countedBytesMax = 16 * 1024
    /// Marks (count) for the cache in a Messages request: the API takes four.
    package static let cacheMarksMax = 4
    /// Bytes of the list of members that a translation left out: some twenty names, since a head must stay small.
    package static let droppedBytesMax = 512
    /// Bytes of a member's name in that list. The longest that providers know has about 40.
    package static let droppedNameBytesMax = 64
    /// Bytes of all forwarded client headers. An allow-listed header is a short list of feature names.
    package static let forwardedBytesMax = 4096
}
