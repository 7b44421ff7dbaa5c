"""Anthropic's SDK in front of every dialect, and straight before the simulated provider, which proves that one right."""
import json

import anthropic
import pydantic
import pytest

import doors
from doors import PNG, URL, WEATHER_SCHEMA, told

TOOLS = [{"name": name, "description": "The weather of a city.", "input_schema": WEATHER_SCHEMA}
         for name in ("get_weather", "get_rain", "get_wind")]


class Weather(pydantic.BaseModel):
    city: str
    days: int


def ask(door, text="What is a gateway?", **options):
    messages = options.pop("messages", [{"role": "user", "content": text}])
    return door.anthropic().messages.create(model=door.model, messages=messages, **{"max_tokens": 4096, **options})


def stream(door, text="What is a gateway?", **options):
    """The message that a stream adds up to, and the types of its events."""
    messages = options.pop("messages", [{"role": "user", "content": text}])
    with door.anthropic().messages.stream(model=door.model, messages=messages, **{"max_tokens": 4096, **options}) as events:
        types = [event.type for event in events]
        return events.get_final_message(), types


def answer(door, streamed, text="What is a gateway?", **options):
    return stream(door, text, **options)[0] if streamed else ask(door, text, **options)


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param


def test_a_message_has_text_a_reason_and_usage(door, streamed):
    message = answer(door, streamed)
    assert (message.type, message.role, message.stop_reason, message.stop_sequence) == ("message", "assistant", "end_turn", None)
    assert message.id and message.model == door.model
    assert [block.type for block in message.content] == ["text"]
    assert message.content[0].text
    assert message.usage.input_tokens > 0 and message.usage.output_tokens == 16


def test_a_stream_says_what_the_whole_message_says(door):
    assert stream(door, told(seed=5))[0].content[0].text == ask(door, told(seed=5)).content[0].text


def test_a_stream_has_the_events_in_their_order(door):
    _, types = stream(door, told(tokens=4))
    raw = [kind for kind in types if kind not in ("text", "thinking", "input_json", "signature")]
    assert raw == ["message_start", "content_block_start", *["content_block_delta"] * 4, "content_block_stop",
                   "message_delta", "message_stop"]


def test_every_event_names_its_type(door):
    body = {"model": door.model, "max_tokens": 64, "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    came = door.post("/v1/messages", body, **{"anthropic-version": "2023-06-01"})
    assert came.status == 200, came
    assert came.headers["content-type"].startswith("text/event-stream")
    for event in came.body.decode().strip().split("\n\n"):
        if event.startswith(":"):
            continue
        name, data = event.split("\n")
        assert json.loads(data.removeprefix("data: "))["type"] == name.removeprefix("event: ")


def test_the_bound_ends_a_message(door, streamed):
    message = answer(door, streamed, max_tokens=3)
    assert (message.stop_reason, message.usage.output_tokens) == ("max_tokens", 3)


def test_a_stop_sequence_ends_a_message(door, streamed):
    message = answer(door, streamed, told(finish="sequence"), stop_sequences=["END", "two"])
    if door.model == "gpt-sim":
        # OpenAI's own wire does not tell which it was.
        assert message.stop_reason in ("end_turn", "stop_sequence")
    else:
        assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "END")


def test_a_filtered_answer_is_a_refusal(door, streamed):
    assert answer(door, streamed, told(finish="filter")).stop_reason == "refusal"


# Tools.

def test_a_tool_is_called(door, streamed):
    message = answer(door, streamed, tools=TOOLS, tool_choice={"type": "tool", "name": "get_rain"})
    call = message.content[-1]
    assert (message.stop_reason, call.type, call.name) == ("tool_use", "tool_use", "get_rain")
    assert call.id and Weather.model_validate(call.input)


def test_any_tool_is_called(door, streamed):
    assert answer(door, streamed, tools=TOOLS, tool_choice={"type": "any"}).content[-1].name == "get_weather"


def test_several_tools_are_called_at_once(door, streamed):
    message = answer(door, streamed, told(tool=3), tools=TOOLS)
    assert [call.name for call in message.content] == ["get_weather", "get_rain", "get_wind"]
    assert len({call.id for call in message.content}) == 3
    assert all(Weather.model_validate(call.input) for call in message.content)


def test_one_call_at_a_time_when_told_so(door):
    message = ask(door, told(tool=3), tools=TOOLS, tool_choice={"type": "auto", "disable_parallel_tool_use": True})
    assert len(message.content) == 1


def test_no_tool_is_called_when_told_so(door):
    assert ask(door, told(tool=1), tools=TOOLS, tool_choice={"type": "none"}).stop_reason == "end_turn"


def test_the_results_of_several_calls_go_back(door, streamed):
    question = {"role": "user", "content": told(tool=3)}
    first = answer(door, streamed, messages=[question], tools=TOOLS)
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": f"sunny {index}"}
               for index, call in enumerate(first.content)]
    results[1]["content"] = [{"type": "text", "text": "rainy"}]
    results[2] |= {"is_error": True, "content": "no wind"}
    turns = [question, {"role": "assistant", "content": first.content},
             {"role": "user", "content": [*results, {"type": "text", "text": told(echo="body", tool=0)}]}]
    last = answer(door, streamed, messages=turns, tools=TOOLS)
    arrived = json.dumps(doors.echoed(last.content[0].text), ensure_ascii=False)
    for index, call in enumerate(first.content):
        assert arrived.count(call.id) == 2, (call.id, arrived)
    assert "sunny 0" in arrived and "rainy" in arrived and "no wind" in arrived


# Thinking.

def test_thoughts_come_first_and_go_back(door, streamed):
    thinking = {"type": "enabled", "budget_tokens": 2048}
    question = {"role": "user", "content": told(reasoning=6, tool=1)}
    first = answer(door, streamed, messages=[question], tools=TOOLS, thinking=thinking)
    assert [block.type for block in first.content] == ["thinking", "tool_use"]
    assert first.content[0].thinking and first.content[0].signature
    turns = [question, {"role": "assistant", "content": first.content}, {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": first.content[1].id, "content": "sunny"},
        {"type": "text", "text": told(echo="body", tool=0)}]}]
    last = answer(door, streamed, messages=turns, tools=TOOLS, thinking=thinking)
    arrived = doors.echoed(last.content[-1].text)
    assert first.content[1].id in json.dumps(arrived)


def test_redacted_thoughts_go_back(door, streamed):
    if door.is_chat:
        pytest.skip("chat completions have no redacted thoughts")
    thinking = {"type": "enabled", "budget_tokens": 2048}
    question = {"role": "user", "content": told(redacted=1)}
    first = answer(door, streamed, messages=[question], thinking=thinking)
    assert [block.type for block in first.content] == ["redacted_thinking", "text"]
    turns = [question, {"role": "assistant", "content": first.content}, {"role": "user", "content": told(echo="body")}]
    assert "sim-redacted-" in answer(door, streamed, messages=turns, thinking=thinking).content[-1].text


# What goes to the provider.

def test_the_conversation_arrives(door):
    message = ask(door, system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}], messages=[
        {"role": "user", "content": "first"}, {"role": "assistant", "content": [{"type": "text", "text": "second é \"q\""}]},
        {"role": "user", "content": [{"type": "text", "text": "third"}, {"type": "text", "text": told(echo="body")}]}])
    arrived = doors.echoed(message.content[0].text)
    text = json.dumps(arrived, ensure_ascii=False)
    for part in ("Be brief.", "first", 'second é \\"q\\"', "third"):
        assert part in text
    roles = [turn["role"] for turn in arrived["messages"]]
    assert roles == (["system", "user", "assistant", "user"] if door.is_chat else ["user", "assistant", "user"])
    assert ("cache_control" in text) is not door.is_chat
    assert "Be brief." in str(arrived["messages"][0] if door.is_chat else arrived["system"])


@pytest.mark.parametrize("source", [{"type": "url", "url": URL}, {"type": "base64", "media_type": "image/png", "data": PNG}],
                         ids=["url", "base64"])
def test_images_arrive(door, source):
    message = ask(door, messages=[{"role": "user", "content": [
        {"type": "image", "source": source}, {"type": "text", "text": told(echo="body")}]}])
    image = doors.echoed(message.content[0].text)["messages"][0]["content"][0]
    if door.is_chat:
        assert image["image_url"]["url"] == source.get("url", f"data:image/png;base64,{PNG}")
    else:
        assert image == {"type": "image", "source": source}


def test_settings_arrive(door):
    message = ask(door, told(echo="body"), extra_body={"temperature": 0.5, "top_p": 0.9}, stop_sequences=["A", "B"], tools=TOOLS,
                  metadata={"user_id": "u-1"})
    arrived = doors.echoed(message.content[0].text)
    assert (arrived["temperature"], arrived["top_p"]) == (0.5, 0.9)
    if door.is_chat:
        assert (arrived["stop"], arrived["user"]) == (["A", "B"], "u-1")
        assert [tool["function"]["parameters"] for tool in arrived["tools"]] == [WEATHER_SCHEMA] * 3
        assert arrived.get("max_completion_tokens", arrived.get("max_tokens")) == 4096
    else:
        assert (arrived["stop_sequences"], arrived["metadata"]) == (["A", "B"], {"user_id": "u-1"})
        assert arrived["tools"] == TOOLS


def test_an_answer_follows_a_schema(door, streamed):
    config = {"format": {"type": "json_schema", "schema": WEATHER_SCHEMA}}
    assert Weather.model_validate_json(answer(door, streamed, output_config=config).content[0].text)


def test_an_answer_is_parsed(door):
    message = door.anthropic().messages.parse(model=door.model, max_tokens=512, output_format=Weather,
                                              messages=[{"role": "user", "content": "The weather?"}])
    assert isinstance(message.parsed_output, Weather)


def test_cached_tokens_are_told(door, streamed):
    text = told(cached=5, cache_write=3) + " and many words" * 20
    usage = answer(door, streamed, text).usage
    plain = answer(door, streamed, told(cached=0, cache_write=0) + " and many words" * 20).usage
    assert usage.cache_read_input_tokens == 5
    if not door.is_chat:
        assert usage.cache_creation_input_tokens == 3
        assert usage.input_tokens == plain.input_tokens - 8
    else:
        assert usage.input_tokens == plain.input_tokens - 5


def test_tokens_are_counted(door):
    few = door.anthropic().messages.count_tokens(model=door.model, messages=[{"role": "user", "content": "one two three"}])
    many = door.anthropic().messages.count_tokens(
        model=door.model, system="Be brief.", tools=TOOLS, messages=[{"role": "user", "content": "one two three " * 100}])
    assert 0 < few.input_tokens < many.input_tokens


# Errors.

@pytest.mark.parametrize("status,expected,kind", [
    (400, anthropic.BadRequestError, "invalid_request_error"), (404, anthropic.NotFoundError, "not_found_error"),
    (409, anthropic.ConflictError, "conflict_error"), (413, anthropic.APIStatusError, "request_too_large"),
    (422, anthropic.UnprocessableEntityError, "invalid_request_error"),
])
def test_the_callers_fault_comes_back(own_door, streamed, status, expected, kind):
    with pytest.raises(expected) as caught:
        answer(own_door, streamed, told(fault=status))
    assert caught.value.status_code == status
    assert caught.value.body["type"] == "error" and caught.value.body["error"]["type"] == kind
    assert caught.value.body["error"]["message"] and caught.value.request_id


@pytest.mark.parametrize("status,expected", [
    ("429:1", anthropic.RateLimitError), ("500", anthropic.InternalServerError), ("529", anthropic.APIStatusError)])
def test_the_providers_fault_has_its_class(own_door, streamed, status, expected):
    with pytest.raises(expected) as caught:
        answer(own_door, streamed, told(fault=status))
    assert caught.value.body["type"] == "error"
    assert caught.value.body["error"]["type"] in ("rate_limit_error", "api_error", "overloaded_error")
    if status == "429:1":
        assert float(caught.value.response.headers["retry-after"]) >= 0


def test_a_prompt_too_long_says_so(own_door):
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(own_door, told(fault="context_length_exceeded"))
    if not own_door.is_chat:
        assert "prompt is too long" in caught.value.body["error"]["message"]


@pytest.mark.parametrize("fault", ["error-event:3", "cut:3", "close:3", "malformed:3", "reset:3"])
def test_a_stream_that_breaks_never_looks_complete(own_door, fault):
    if own_door.direct and fault != "error-event:3":
        pytest.skip("what the simulated provider does on purpose")
    texts = []
    with pytest.raises(anthropic.APIError) as caught:
        with own_door.anthropic().messages.stream(
                model=own_door.model, max_tokens=512, messages=[{"role": "user", "content": told(fault=fault)}]) as events:
            for event in events:
                assert event.type not in ("message_stop", "message_delta")
                if event.type == "text":
                    texts.append(event.text)
    assert len(texts) == 3
    assert caught.value.body["type"] == "error" and caught.value.body["error"]["message"]


def test_a_message_without_messages_is_a_bad_request(door):
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(door, messages=[])
    assert caught.value.body["error"]["type"] == "invalid_request_error"
    assert "messages" in caught.value.body["error"]["message"]


def test_what_the_provider_cannot_read_is_a_bad_request(door):
    if door.is_chat:
        pytest.skip("other wires leave it out")
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(door, extra_body={"member_of_the_future": 1})
    assert "member_of_the_future" in caught.value.body["error"]["message"]


def test_a_wrong_key_is_an_authentication_error(dialects):
    with pytest.raises(anthropic.AuthenticationError) as caught:
        dialects.anthropic(key="sk-not-ours").messages.create(
            model="claude-sim", max_tokens=5, messages=[{"role": "user", "content": "hello"}])
    assert caught.value.body["error"]["type"] == "authentication_error"
    assert caught.value.request_id


def test_a_failing_request_is_tried_again(own_door):
    with doors.counted(own_door) as (door, tap), pytest.raises(anthropic.RateLimitError):
        door.anthropic(max_retries=2).messages.create(
            model=door.model, max_tokens=5, messages=[{"role": "user", "content": told(fault="429:0")}],
            extra_headers={"connection": "close"})
    sent = b"".join(tap.requests).lower()
    assert sent.count(b"post /v1/messages") == 3
    assert b"x-stainless-retry-count: 2" in sent


def test_a_silent_provider_is_a_timeout(own_door):
    with pytest.raises(anthropic.APITimeoutError):
        own_door.anthropic(timeout=0.5).messages.create(
            model=own_door.model, max_tokens=5, messages=[{"role": "user", "content": told(fault="stall")}])


def test_models_are_listed_in_anthropics_shape(dialects):
    client = dialects.anthropic()
    models = {model.id: model for model in client.models.list()}
    assert set(doors.MODELS) <= set(models)
    assert all(model.type == "model" and model.display_name and model.created_at for model in models.values())
    assert client.models.retrieve("claude-sim").id == "claude-sim"
