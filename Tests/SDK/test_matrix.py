"""Three surfaces before three dialects: the same questions by chat completions, Messages and Responses must get the same answers.

What one surface alone has stands in test_messages.py and test_responses.py; this is what must hold for all nine pairs, and the
chat surface in full.
"""
import json

import anthropic
import openai
import pydantic
import pytest

import doors
import hub as hubs
from doors import PNG, URL, WEATHER_SCHEMA, told

NAMES = ("get_weather", "get_rain", "get_wind")
CHAT_TOOLS = [{"type": "function", "function": {"name": name, "description": "The weather.", "parameters": WEATHER_SCHEMA}}
              for name in NAMES]


class Weather(pydantic.BaseModel):
    city: str
    days: int


class Chat:
    """Chat completions, with what they say in common words."""

    error = openai.APIError

    @staticmethod
    def ask(door, text, streamed, tools=False, schema=None, image=None):
        content = text
        if image:
            content = [{"type": "image_url", "image_url": {"url": image}}, {"type": "text", "text": text}]
        options = {"tools": CHAT_TOOLS} if tools else {}
        if schema:
            options["response_format"] = {"type": "json_schema", "json_schema": {"name": "weather", "schema": schema, "strict": True}}
        return chat(door, streamed, messages=[{"role": "user", "content": content}], **options)


def chat(door, streamed, messages, **options):
    """Text, calls as names with arguments, finish, and usage."""
    create = door.openai().chat.completions.create
    if not streamed:
        whole = create(model=door.model, messages=messages, **options)
        choice = whole.choices[0]
        calls = [(call.function.name, json.loads(call.function.arguments), call.id) for call in choice.message.tool_calls or []]
        return choice.message.content or "", calls, choice.finish_reason, whole.usage, getattr(choice.message, "reasoning_content", None)
    text, reasoning, names, arguments, ids, finish, usage = "", "", {}, {}, {}, None, None
    for chunk in create(model=door.model, messages=messages, stream=True, stream_options={"include_usage": True}, **options):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                ids[call.index] = call.id or ids[call.index]
                names[call.index] = names.get(call.index, "") + (call.function.name or "")
                arguments[call.index] = arguments.get(call.index, "") + (call.function.arguments or "")
    assert list(names) == list(range(len(names)))
    calls = [(names[index], json.loads(arguments[index]), ids[index]) for index in names]
    return text, calls, finish, usage, reasoning or None


class Messages:
    """Messages, in the words of a chat."""

    error = anthropic.APIError

    @staticmethod
    def ask(door, text, streamed, tools=False, schema=None, image=None):
        content = text
        if image:
            source = {"type": "url", "url": URL} if image == URL else {"type": "base64", "media_type": "image/png", "data": PNG}
            content = [{"type": "image", "source": source}, {"type": "text", "text": text}]
        options = {"max_tokens": 4096, "model": door.model, "messages": [{"role": "user", "content": content}]}
        if tools:
            options["tools"] = [{"name": tool["function"]["name"], "description": "The weather.", "input_schema": WEATHER_SCHEMA}
                                for tool in CHAT_TOOLS]
        if schema:
            options["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        if streamed:
            with door.anthropic().messages.stream(**options) as events:
                message = events.get_final_message()
        else:
            message = door.anthropic().messages.create(**options)
        calls = [(block.name, block.input, block.id) for block in message.content if block.type == "tool_use"]
        texts = "".join(block.text for block in message.content if block.type == "text")
        finish = {"end_turn": "stop", "tool_use": "tool_calls", "max_tokens": "length"}[message.stop_reason]
        return texts, calls, finish, message.usage, None


class Responses:
    """Responses, in the words of a chat."""

    error = openai.APIError

    @staticmethod
    def ask(door, text, streamed, tools=False, schema=None, image=None):
        content = [{"type": "input_text", "text": text}]
        if image:
            content.insert(0, {"type": "input_image", "image_url": image, "detail": "auto"})
        options = {"model": door.model, "input": [{"role": "user", "content": content}]}
        if tools:
            options["tools"] = [{"type": "function", **tool["function"]} for tool in CHAT_TOOLS]
        if schema:
            options["text"] = {"format": {"type": "json_schema", "name": "weather", "schema": schema, "strict": True}}
        if streamed:
            with door.openai().responses.stream(**options) as events:
                response = list(events)[-1].response
        else:
            response = door.openai().responses.create(**options)
        calls = [(item.name, json.loads(item.arguments), item.call_id) for item in response.output if item.type == "function_call"]
        finish = "tool_calls" if calls else "stop" if response.status == "completed" else "length"
        return response.output_text, calls, finish, response.usage, None


@pytest.fixture(params=[Chat, Messages, Responses], ids=["chat", "messages", "responses"])
def surface(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param


# All nine pairs.

def test_text(surface, door, streamed):
    text, calls, finish, usage, _ = surface.ask(door, told(seed=3, tokens=7), streamed)
    assert text and not calls and finish == "stop"
    counts = usage.model_dump()
    assert counts.get("completion_tokens", counts.get("output_tokens")) == 7
    assert counts.get("prompt_tokens", counts.get("input_tokens")) > 0


def test_parallel_tools(surface, door, streamed):
    _, calls, finish, _, _ = surface.ask(door, told(tool=3), streamed, tools=True)
    assert [name for name, _, _ in calls] == list(NAMES) and finish == "tool_calls"
    assert len({identity for _, _, identity in calls}) == 3
    for _, arguments, _ in calls:
        Weather.model_validate(arguments)


def test_structured_output(surface, door, streamed):
    Weather.model_validate_json(surface.ask(door, "The weather?", streamed, schema=WEATHER_SCHEMA)[0])


@pytest.mark.parametrize("image", [URL, f"data:image/png;base64,{PNG}"], ids=["url", "base64"])
def test_images(surface, door, image):
    arrived = surface.ask(door, told(echo="body"), False, image=image)[0]
    assert (URL if image == URL else PNG) in arrived


def test_strange_texts_arrive(surface, door, streamed):
    """Escapes, surrogate pairs, lines that look like events: what was said is what arrives, and comes back."""
    strange = 'é 日本語 🙂 "quoted" back\\slash\r\n\tdata: [DONE]\n\nevent: x \u2028 \u007f </s> {"usage": 1}'
    arrived = json.loads(surface.ask(door, strange + "\n" + told(echo="body"), streamed)[0])
    turn = (arrived.get("messages") or arrived["input"])[-1]
    content = turn["content"] if isinstance(turn["content"], str) else turn["content"][0]["text"]
    assert content.startswith(strange)


@pytest.mark.parametrize("cuts", range(3))
def test_pieces_of_any_size_make_the_same_answer(surface, door, cuts):
    question = told(seed=9, tokens=40, reasoning=3, cuts=cuts)
    assert surface.ask(door, question, True)[0] == surface.ask(door, question, False)[0]


def test_errors_have_their_class(surface, own_door):
    with pytest.raises(surface.error) as caught:
        surface.ask(own_door, told(fault=422), True)
    assert caught.value.status_code == 422 and "simulated" in str(caught.value)


def test_a_failing_dialect_is_replaced_by_another(surface, start_hub):
    """The first choice fails before its first content; a provider of another dialect answers, and the client sees nothing of it."""
    dead = [{**provider, "base_url": f"http://127.0.0.1:{hubs.free_port()}"} if provider["id"] == "openai" else provider
            for provider in hubs.DIALECT_PROVIDERS]
    models = [{**model, "weight": 9 if model["provider_id"] == "openai" else 1} for model in hubs.DIALECT_MODELS]
    running = start_hub(providers=dead, models=models, strict=True)
    door = doors.Door(running.port, running.key, "*", False)
    for _ in range(4):
        assert surface.ask(door, "What is a gateway?", True)[0]


# The chat surface in full.

def test_the_bound_ends_a_chat(door, streamed):
    assert chat(door, streamed, [{"role": "user", "content": "hi"}], max_tokens=3)[2] == "length"


def test_a_named_tool_is_called(door, streamed):
    choice = {"type": "function", "function": {"name": "get_wind"}}
    _, calls, _, _, _ = chat(door, streamed, [{"role": "user", "content": "hi"}], tools=CHAT_TOOLS, tool_choice=choice)
    assert [name for name, _, _ in calls] == ["get_wind"]


def test_the_results_of_several_calls_go_back(door, streamed):
    question = {"role": "user", "content": told(tool=3)}
    _, calls, _, _, _ = chat(door, streamed, [question], tools=CHAT_TOOLS)
    turns = [question, {"role": "assistant", "content": None, "tool_calls": [
        {"id": identity, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for name, arguments, identity in calls]}]
    turns += [{"role": "tool", "tool_call_id": identity, "content": f"sunny {index}"}
              for index, (_, _, identity) in enumerate(calls)]
    turns.append({"role": "user", "content": told(echo="body", tool=0)})
    text = chat(door, streamed, turns, tools=CHAT_TOOLS)[0]
    for index, (_, _, identity) in enumerate(calls):
        assert text.count(identity) == 2 and f"sunny {index}" in text


def test_reasoning_is_told(door, streamed):
    text, _, _, _, reasoning = chat(door, streamed, [{"role": "user", "content": told(reasoning=5)}])
    if door.model == "claude-sim" and not reasoning:
        pytest.fail("thoughts were lost")
    assert text and reasoning


def test_the_conversation_arrives(door):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "first"},
                {"role": "assistant", "content": "second"}, {"role": "user", "content": "third"},
                {"role": "user", "content": told(echo="body")}]
    text = chat(door, False, messages)[0]
    arrived = json.loads(text)
    for part in ("Be brief.", "first", "second", "third"):
        assert part in text
    if door.model == "claude-sim":
        assert [turn["role"] for turn in arrived["messages"]] == ["user", "assistant", "user"]
        assert "Be brief." in json.dumps(arrived["system"]) and arrived["max_tokens"] > 0


def test_what_cannot_be_carried_is_named(door):
    if door.direct:
        pytest.skip("nobody translates")
    raw = door.openai().chat.completions.with_raw_response.create(
        model=door.model, messages=[{"role": "user", "content": told(echo="body")}], seed=7, presence_penalty=0.5, temperature=1.7)
    assert raw.parse().choices[0].message.content
    if door.is_chat:
        assert raw.headers["x-tokenhub-relay"] == "exact" and "x-tokenhub-dropped" not in raw.headers
    else:
        assert raw.headers["x-tokenhub-relay"] == "translated"
        dropped = raw.headers["x-tokenhub-dropped"].split(", ")
        assert {"seed", "presence_penalty", "temperature"} <= set(dropped)


def test_several_choices_are_refused_where_nobody_has_them(start_hub):
    running = start_hub(providers=[each for each in hubs.DIALECT_PROVIDERS if each["id"] == "anthropic"],
                        models=[each for each in hubs.DIALECT_MODELS if each["provider_id"] == "anthropic"], strict=True)
    with pytest.raises(openai.BadRequestError) as caught:
        running.client().chat.completions.create(model="claude-sim", messages=[{"role": "user", "content": "hi"}], n=2)
    assert caught.value.param == "n"


def test_what_one_dialect_cannot_carry_goes_to_another(door):
    answer = door.openai().chat.completions.create(model=door.model, messages=[{"role": "user", "content": "hi"}], n=2)
    assert len(answer.choices) == 2


def test_a_chat_is_parsed(door):
    answer = door.openai().chat.completions.parse(
        model=door.model, messages=[{"role": "user", "content": "The weather?"}], response_format=Weather)
    assert isinstance(answer.choices[0].message.parsed, Weather)


def test_cached_tokens_are_told(door, streamed):
    usage = chat(door, streamed, [{"role": "user", "content": told(cached=5) + " and many words" * 20}])[3]
    assert usage.prompt_tokens_details.cached_tokens == 5
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


@pytest.mark.parametrize("fault", ["error-event:3", "cut:3", "close:3", "malformed:3", "reset:3"])
def test_a_stream_that_breaks_never_looks_complete(own_door, fault):
    if own_door.direct:
        pytest.skip("what the simulated provider does on purpose")
    texts = []
    with pytest.raises(openai.APIError):
        for chunk in own_door.openai().chat.completions.create(
                model=own_door.model, messages=[{"role": "user", "content": told(fault=fault)}], stream=True):
            assert chunk.choices[0].finish_reason is None
            texts.append(chunk.choices[0].delta.content)
    assert len([text for text in texts if text]) == 3


def test_a_chat_without_usage_asked_has_none(door):
    chunks = list(door.openai().chat.completions.create(
        model=door.model, messages=[{"role": "user", "content": "hi"}], stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_texts_are_embedded_where_the_dialect_has_vectors(door):
    """Messages has none, and vectors of another model are no substitute."""
    ask = door.openai().embeddings.create
    if door.model == "claude-sim":
        with pytest.raises(openai.BadRequestError) as caught:
            ask(model=door.model, input=["one", "two"])
        assert caught.value.code == "embeddings_not_supported" and caught.value.param == "model"
        return
    answer = ask(model=door.model, input=["one", "two"])
    assert [each.index for each in answer.data] == [0, 1] and answer.usage.prompt_tokens > 0
