"""The official SDK before simulated providers, when nothing goes wrong."""
import json

import pytest

from hub import CHAT, EMBED, SECOND

QUESTION = [{"role": "user", "content": "What is a gateway?"}]
WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                   "required": ["city", "days"]}}}


def test_a_chat_is_answered_with_text_and_usage(client):
    answer = client.chat.completions.create(model=CHAT, messages=QUESTION)
    assert answer.object == "chat.completion"
    assert answer.model == CHAT
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_the_named_model_answers(client):
    for model in (CHAT, SECOND):
        raw = client.chat.completions.with_raw_response.create(model=model, messages=QUESTION)
        assert raw.parse().model == model
        assert raw.headers["x-tokenhub-model"] == model


def test_without_a_model_the_router_chooses(client):
    raw = client.chat.completions.with_raw_response.create(model="*", messages=QUESTION)
    assert raw.headers["x-negotiated-model"] == raw.headers["x-tokenhub-model"]
    assert raw.parse().choices[0].message.content


def test_max_tokens_ends_an_answer_with_length(client):
    answer = client.chat.completions.create(model=CHAT, messages=QUESTION, max_tokens=3)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 3


def test_several_choices_are_answered(client):
    answer = client.chat.completions.create(model=CHAT, messages=QUESTION, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]


def test_a_stream_brings_its_pieces_and_no_usage_unless_asked(client):
    stream = client.chat.completions.create(model=CHAT, messages=QUESTION, stream=True)
    chunks = list(stream)
    assert len(chunks) > 3
    assert all(chunk.choices for chunk in chunks), "a chunk without choices crashes clients that did not ask for usage"
    assert all(chunk.usage is None for chunk in chunks)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_stream_brings_usage_when_asked(client):
    stream = client.chat.completions.create(
        model=CHAT, messages=QUESTION, stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_a_stream_says_the_same_as_the_whole_answer(client):
    whole = client.chat.completions.create(model=CHAT, messages=QUESTION, extra_headers={"x-sim-seed": "11"})
    stream = client.chat.completions.create(model=CHAT, messages=QUESTION, stream=True, extra_headers={"x-sim-seed": "11"})
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == whole.choices[0].message.content


def test_a_tool_is_called_whole(client):
    answer = client.chat.completions.create(model=CHAT, messages=QUESTION, tools=[WEATHER], tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.id and call.type == "function"
    assert call.function.name == "get_weather"
    arguments = json.loads(call.function.arguments)
    assert isinstance(arguments["city"], str) and isinstance(arguments["days"], int)


def test_a_tool_is_called_in_a_stream(client):
    stream = client.chat.completions.create(
        model=CHAT, messages=QUESTION, tools=[WEATHER], stream=True,
        tool_choice={"type": "function", "function": {"name": "get_weather"}})
    name, arguments, finish = "", "", None
    for chunk in stream:
        for call in chunk.choices[0].delta.tool_calls or []:
            name += call.function.name or ""
            arguments += call.function.arguments or ""
        finish = chunk.choices[0].finish_reason or finish
    assert (name, finish) == ("get_weather", "tool_calls")
    assert isinstance(json.loads(arguments)["city"], str)


def test_the_result_of_a_tool_goes_back_to_the_model(client):
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Ulm","days":1}'}}
    answer = client.chat.completions.create(model=CHAT, tools=[WEATHER], messages=[
        *QUESTION, {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"}])
    assert answer.choices[0].message.content


@pytest.mark.parametrize("encoding", [None, "float", "base64"])
def test_texts_are_embedded(client, encoding):
    options = {"encoding_format": encoding} if encoding else {}
    answer = client.embeddings.create(model=EMBED, input=["one", "two"], **options)
    assert [each.index for each in answer.data] == [0, 1]
    assert answer.usage.prompt_tokens > 0
    assert len(answer.data[0].embedding) > 0
    assert answer.data[0].embedding != answer.data[1].embedding


def test_models_are_listed_and_retrieved(client):
    models = client.models.list().data
    assert {CHAT, SECOND, EMBED} <= {model.id for model in models}
    assert all(model.object == "model" and model.owned_by and isinstance(model.created, int) for model in models)
    assert client.models.retrieve(CHAT).id == CHAT


def test_every_answer_has_a_request_id(client):
    first = client.chat.completions.create(model=CHAT, messages=QUESTION)
    second = client.chat.completions.create(model=CHAT, messages=QUESTION)
    assert first._request_id and second._request_id
    assert first._request_id != second._request_id


def test_the_clients_own_request_id_comes_back(client):
    raw = client.chat.completions.with_raw_response.create(
        model=CHAT, messages=QUESTION, extra_headers={"X-Request-Id": "sdk-test-0001"})
    assert raw.headers["x-request-id"] == "sdk-test-0001"


def test_a_request_sent_twice_is_asked_once(client):
    first, second = (client.chat.completions.with_raw_response.create(
        model=CHAT, messages=QUESTION, extra_headers={"Idempotency-Key": "sdk-test-0002"}) for _ in range(2))
    assert "idempotency-replay" not in first.headers and second.headers["idempotency-replay"] == "true"
    assert second.content == first.content
    assert float(first.headers["x-tokenhub-cost-usd"]) > float(second.headers["x-tokenhub-cost-usd"]) == 0


def test_the_exact_relay_says_so(client):
    raw = client.chat.completions.with_raw_response.create(model=CHAT, messages=QUESTION)
    assert raw.headers["x-tokenhub-relay"] == "exact"


def test_unknown_fields_reach_the_provider(client):
    answer = client.chat.completions.create(
        model=CHAT, messages=QUESTION, seed=5, extra_body={"field_of_the_future": {"deep": [1, 2.50, "é"]}},
        extra_headers={"x-sim-echo": "body"})
    assert '"field_of_the_future"' in answer.choices[0].message.content
    assert '"deep"' in answer.choices[0].message.content


def test_the_clients_key_does_not_reach_the_provider(client, hub):
    answer = client.chat.completions.create(model=CHAT, messages=QUESTION, extra_headers={"x-sim-echo": "head"})
    assert "POST" in answer.choices[0].message.content
    assert hub.key not in answer.choices[0].message.content


def test_text_of_all_kinds_survives(client):
    text = 'quotes " backslash \\ newline \n tab \t emoji 🙂 CJK 日本語 nul-free \u2028 end'
    answer = client.chat.completions.create(
        model=CHAT, messages=[{"role": "user", "content": text}], extra_headers={"x-sim-echo": "body"})
    sent = json.loads(answer.choices[0].message.content)
    assert sent["messages"][0]["content"] == text


def test_many_clients_are_served_at_once(hub):
    import concurrent.futures
    client = hub.client()

    def ask(number):
        stream = client.chat.completions.create(
            model=CHAT, stream=True, messages=[{"role": "user", "content": f"number {number}"}],
            extra_headers={"x-sim-seed": str(number), "x-sim-tokens": "50"})
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        first, second = list(pool.map(ask, range(64))), list(pool.map(ask, range(64)))
    assert first == second
    assert len(set(first)) > 60


def test_the_exchange_is_in_the_request_log(hub, client):
    raw = client.chat.completions.with_raw_response.create(model=CHAT, messages=QUESTION)
    raw.parse()
    request_id = raw.headers["x-request-id"]
    import time
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        logs = hub.admin("GET", "/logs?limit=50")["logs"]
        row = next((row for row in logs if row["request_id"] == request_id), None)
        if row:
            assert row["model_id"] == CHAT
            assert row["provider_id"] == "sim-a"
            return
        time.sleep(0.05)
    raise AssertionError(f"no row with request id {request_id}")
