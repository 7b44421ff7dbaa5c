import Sim
import Testing

struct SimChatRulesTests {
    private func answer(_ body: String, isStrict: Bool) -> Played.Answer? {
        var profile = SimProfile()
        profile.isStrict = isStrict
        return Played(body, profile: profile).answer
    }

    private func turns(_ turns: String) -> String {
        #"{"model":"gpt","messages":[{"role":"user","content":"hi"},\#(turns)]}"#
    }

    @Test func rulesAreKeptWhenAskedTo() {
        let call =
            #"{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
        let rows = [
            (chat(#","top_k":3"#), "top_k"), (chat(#","stop":["a","b","c","d","e"]"#), "stop"),
            (chat(#","temperature":2.5"#), "temperature"),
            (chat(#","stream_options":{"include_usage":true}"#), "stream_options"),
            (chat(#","tool_choice":"auto""#), "tool_choice"), (turns(call), "tool_call_ids"),
            (turns(#"{"role":"tool","tool_call_id":"c1","content":"x"}"#), "preceeding"),
            (turns(call.replacing("c1", with: String(repeating: "c", count: 41))), "maximum length 40"),
            (turns(#"{"role":"assistant","content":null}"#), "content"),
            (
                turns(#"{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}"#),
                "cache_control"
            ),
            (turns(#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}"#), "image"),
        ]
        for (body, expected) in rows {
            #expect(answer(body, isStrict: false)?.status == 200, "\(body)")
            let strict = answer(body, isStrict: true)
            #expect(strict?.status == 400, "\(body)")
            #expect(strict?.text.contains(expected) == true, "\(strict?.text ?? "")")
        }
        let kept = turns(call + #",{"role":"tool","tool_call_id":"c1","content":"x"}"#)
        #expect(answer(kept, isStrict: true)?.status == 200)
        #expect(answer(chat(#","top_k":3"#, model: "vllm-x"), isStrict: true)?.status == 200)
    }
}
