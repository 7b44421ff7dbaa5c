// The order of blocks in one turn of Messages.

struct SimBlocks {
    private let role: String
    private let place: String
    private(set) var count = 0
    /// Ids of the turn's calls.
    var calls: [String] = []
    /// Type of the first block.
    private(set) var first = ""
    private var last = ""

    init(role: String, place: String) { (self.role, self.place) = (role, place) }

    /// Takes the next block by its type; refuses one that has no place in this turn or behind the block before.
    mutating func take(_ type: String) throws(SimRuleFault) {
        let here = "\(place).content.\(count)"
        switch type {
        case "tool_result":
            if role != "user" { throw SimRuleFault(here, "`tool_result` blocks can only be in `user` messages") }
            if count > 0, last != "tool_result" {
                throw SimRuleFault(here, "`tool_result` blocks must come before other content")
            }
        case "tool_use", "thinking", "redacted_thinking":
            if role != "assistant" { throw SimRuleFault(here, "`\(type)` blocks can only be in `assistant` messages") }
        default: break
        }
        if last == "tool_use", type != "tool_use" {
            throw SimRuleFault(here, "`tool_use` blocks must be at the end of a turn")
        }
        if count == 0 { first = type }
        last = type
        count += 1
    }

    /// What is wrong where calls must follow the thoughts that led to them.
    var unthought: SimRuleFault? {
        if calls.isEmpty || first == "thinking" || first == "redacted_thinking" { return nil }
        return SimRuleFault(
            "\(place).content.0.type",
            "Expected `thinking` or `redacted_thinking`, but found `\(first)`. When `thinking` is enabled, a final "
                + "`assistant` message must start with a thinking block.")
    }
}
