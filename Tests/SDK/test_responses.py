"""The Responses API of OpenAI's SDK in front of every dialect, and straight before the simulated provider."""
import json

import openai
import pydantic
import pytest

import doors
import hub as hubs
from doors import PNG, URL, WEATHER_SCHEMA, told

TOOLS = [{"type": "function", "name": name, "description": "The weather of a city.", "parameters": WEATHER_SCHEMA, "strict": True}
         for name in ("get_weather", "get_rain", "get_wind")]


class Weather(pydantic.BaseModel):
    city: str
    days: int


def ask(door, text="What is a gateway?", **options):
    return door.openai().responses.create(model=door.model, input=options.pop("input", text), **options)


def stream(door, text="What is a gateway?", **options):
    """The response that a stream adds up to, and its events."""
    with door.openai().responses.stream(model=door.model, input=options.pop("input", text), **options) as events:
        seen = list(events)
        # The SDK gives a final response only of those that are complete.
        return seen[-1].response, seen


def answer(door, streamed, text="What is a gateway?", **options):
    return stream(door, text, **options)[0] if streamed else ask(door, text, **options)


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param


def calls(response):
    return [item for item in response.output if item.type == "function_call"]


def test_a_response_has_text_a_status_and_usage(door, streamed):
    response = answer(door, streamed)
    assert (response.object, response.status, response.error, response.model) == ("response", "completed", None, door.model)
    assert response.id.startswith("resp_")
    assert [item.type for item in response.output] == ["message"]
    assert response.output_text and response.output[0].role == "assistant"
    assert response.usage.output_tokens == 16
    assert response.usage.total_tokens == response.usage.input_tokens + 16


def test_a_stream_says_what_the_whole_response_says(door):
    assert stream(door, told(seed=5))[0].output_text == ask(door, told(seed=5)).output_text


def test_a_stream_has_the_events_in_their_order(door):
    body = {"model": door.model, "input": told(tokens=3, reasoning=2, seed=4), "stream": True}
    came = door.post("/v1/responses", body)
    assert came.status == 200, came
    blocks = [event for event in came.body.decode().strip().split("\n\n") if not event.startswith(":")]
    events = []
    for event in blocks:
        name, data = event.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert events[-1]["type"] == name.removeprefix("event: ")
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    types = [event["type"].removeprefix("response.") for event in events]
    assert types[:2] == ["created", "in_progress"] and types[-1] == "completed"
    assert [kind for kind in types[2:-1] if "delta" not in kind] == [
        "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.done", "reasoning_summary_part.done",
        "output_item.done", "output_item.added", "content_part.added", "output_text.done", "content_part.done", "output_item.done"]
    indices = [event["output_index"] for event in events if "output_index" in event]
    assert indices == sorted(indices) and set(indices) == {0, 1}
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == events[-1]["response"]["output"]
    deltas = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    assert deltas == done[1]["content"][0]["text"]


def test_the_bound_makes_a_response_incomplete(door, streamed):
    response = answer(door, streamed, max_output_tokens=3)
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert response.usage.output_tokens == 3


def test_a_filtered_answer_is_incomplete(door, streamed):
    response = answer(door, streamed, told(finish="filter"))
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "content_filter")


def test_a_tool_is_called(door, streamed):
    response = answer(door, streamed, tools=TOOLS, tool_choice={"type": "function", "name": "get_rain"})
    call, = calls(response)
    assert (response.status, call.name) == ("completed", "get_rain")
    assert call.call_id and Weather.model_validate_json(call.arguments)


def test_some_tool_is_called(door, streamed):
    assert calls(answer(door, streamed, tools=TOOLS, tool_choice="required"))[0].name == "get_weather"


def test_several_tools_are_called_at_once(door, streamed):
    found = calls(answer(door, streamed, told(tool=3), tools=TOOLS))
    assert [call.name for call in found] == ["get_weather", "get_rain", "get_wind"]
    assert len({call.call_id for call in found}) == 3
    assert all(Weather.model_validate_json(call.arguments) for call in found)


def test_one_call_at_a_time_when_told_so(door):
    assert len(calls(ask(door, told(tool=3), tools=TOOLS, parallel_tool_calls=False))) == 1


def test_the_results_of_several_calls_go_back(door, streamed):
    question = {"role": "user", "content": told(tool=3)}
    found = calls(answer(door, streamed, input=[question], tools=TOOLS))
    turns = [question]
    for call in found:
        turns.append({"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments})
    for index, call in enumerate(found):
        turns.append({"type": "function_call_output", "call_id": call.call_id, "output": f"sunny {index}"})
    turns.append({"role": "user", "content": [{"type": "input_text", "text": told(echo="body", tool=0)}]})
    text = answer(door, streamed, input=turns, tools=TOOLS).output_text
    for index, call in enumerate(found):
        assert text.count(call.call_id) == 2
        assert f"sunny {index}" in text


def test_reasoning_comes_first_and_goes_back(door, streamed):
    question = {"role": "user", "content": told(reasoning=6, tool=1)}
    options = {"tools": TOOLS, "reasoning": {"effort": "medium", "summary": "auto"}, "include": ["reasoning.encrypted_content"],
               "store": False, "max_output_tokens": 20000}
    first = answer(door, streamed, input=[question], **options)
    assert [item.type for item in first.output] == ["reasoning", "function_call"]
    assert first.output[0].summary[0].text
    turns = [question]
    # As agents do: what came goes back as it is.
    turns += [item.model_dump(exclude_none=True) for item in first.output]
    turns.append({"type": "function_call_output", "call_id": first.output[1].call_id, "output": "sunny"})
    turns.append({"role": "user", "content": told(echo="body", tool=0)})
    last = answer(door, streamed, input=turns, **options)
    arrived = json.loads(last.output_text)
    assert first.output[1].call_id in json.dumps(arrived)
    if door.model == "claude-sim":
        blocks = next(turn for turn in arrived["messages"] if turn["role"] == "assistant")["content"]
        assert [block["type"] for block in blocks] == ["thinking", "tool_use"]


def test_the_conversation_arrives(door):
    text = ask(door, instructions="Be brief.", input=[
        {"role": "developer", "content": "Be kind."}, {"role": "user", "content": "first"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "second", "annotations": []}],
         "type": "message", "id": "msg_1", "status": "completed"},
        {"role": "user", "content": [{"type": "input_text", "text": told(echo="body")}]}]).output_text
    arrived = json.loads(text)
    for part in ("Be brief.", "Be kind.", "first", "second"):
        assert part in text
    if not door.has_responses:
        roles = [turn["role"] for turn in arrived["messages"]]
        assert [role for role in roles if role in ("user", "assistant")] == ["user", "assistant", "user"]


@pytest.mark.parametrize("url", [URL, f"data:image/png;base64,{PNG}"], ids=["url", "base64"])
def test_images_arrive(door, url):
    arrived = json.loads(ask(door, input=[{"role": "user", "content": [
        {"type": "input_image", "image_url": url, "detail": "auto"},
        {"type": "input_text", "text": told(echo="body")}]}]).output_text)
    if door.has_responses:
        return
    image = arrived["messages"][0]["content"][0]
    if door.is_chat:
        assert image["image_url"]["url"] == url
    else:
        assert image["source"] == ({"type": "url", "url": url} if url == URL else
                                   {"type": "base64", "media_type": "image/png", "data": PNG})


def test_settings_arrive(door):
    raw = door.openai().responses.with_raw_response.create(
        model=door.model, input=told(echo="body"), temperature=0.5, top_p=0.9, max_output_tokens=77, tools=TOOLS)
    arrived = json.loads(raw.parse().output_text)
    assert arrived["temperature"] == 0.5
    # Models of Anthropic take one of the two.
    assert arrived.get("top_p") == 0.9 or "top_p" in raw.headers["x-tokenhub-dropped"]
    bound = {arrived.get(name) for name in ("max_output_tokens", "max_completion_tokens", "max_tokens")}
    assert 77 in bound
    assert len(arrived["tools"]) == 3


def test_an_answer_is_parsed(door, streamed):
    if streamed:
        with door.openai().responses.stream(model=door.model, input="The weather?", text_format=Weather) as events:
            response = events.until_done().get_final_response()
    else:
        response = door.openai().responses.parse(model=door.model, input="The weather?", text_format=Weather)
    assert isinstance(response.output_parsed, Weather)


def test_cached_tokens_are_told(door, streamed):
    usage = answer(door, streamed, told(cached=5) + " and many words" * 20).usage
    assert usage.input_tokens_details.cached_tokens == 5


# Errors.

@pytest.mark.parametrize("status,expected", [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (409, openai.ConflictError),
    (413, openai.APIStatusError), (422, openai.UnprocessableEntityError)])
def test_the_callers_fault_comes_back(own_door, streamed, status, expected):
    with pytest.raises(expected) as caught:
        answer(own_door, streamed, told(fault=status))
    assert caught.value.status_code == status
    assert caught.value.body["message"] and caught.value.body["type"] and caught.value.request_id


@pytest.mark.parametrize("status,expected", [("429:1", openai.RateLimitError), ("500", openai.InternalServerError)])
def test_the_providers_fault_has_its_class(own_door, streamed, status, expected):
    with pytest.raises(expected) as caught:
        answer(own_door, streamed, told(fault=status))
    assert caught.value.body["message"]


@pytest.mark.parametrize("fault", ["error-event:3", "cut:3", "close:3", "malformed:3", "reset:3"])
def test_a_stream_that_breaks_never_looks_complete(own_door, fault):
    if own_door.direct:
        pytest.skip("what the simulated provider does on purpose")
    body = {"model": own_door.model, "input": told(fault=fault), "stream": True}
    came = own_door.post("/v1/responses", body)
    events = [json.loads(line.removeprefix("data: ")) for line in came.body.decode().split("\n") if line.startswith("data: ")]
    types = [event["type"] for event in events]
    assert types.count("response.output_text.delta") == 3
    assert not {"response.completed", "response.incomplete"} & set(types)
    assert types[-1] in ("response.failed", "error")
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_a_stored_response_is_not_found(dialects):
    with pytest.raises(openai.NotFoundError) as caught:
        dialects.client().responses.retrieve("resp_1")
    assert caught.value.body["message"]


@pytest.mark.parametrize("provider", ["anthropic", "vllm"])
def test_a_stored_conversation_is_refused_where_nobody_has_it(start_hub, provider):
    running = start_hub(providers=[each for each in hubs.DIALECT_PROVIDERS if each["id"] == provider],
                        models=[each for each in hubs.DIALECT_MODELS if each["provider_id"] == provider], strict=True)
    with pytest.raises(openai.BadRequestError) as caught:
        running.client().responses.create(model="*", input="hello", previous_response_id="resp_1")
    assert "previous_response_id" in str(caught.value.body)


def test_a_failing_request_is_tried_again(own_door):
    with doors.counted(own_door) as (door, tap), pytest.raises(openai.RateLimitError):
        door.openai(max_retries=2).responses.create(
            model=door.model, input=told(fault="429:0"), extra_headers={"connection": "close"})
    assert b"".join(tap.requests).lower().count(b"post /v1/responses") == 3


def test_a_silent_provider_is_a_timeout(own_door):
    with pytest.raises(openai.APITimeoutError):
        own_door.openai(timeout=0.5).responses.create(model=own_door.model, input=told(fault="stall"))
