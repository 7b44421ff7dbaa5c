"""Requests of coding agents, in the shape in which they were recorded, arrive whole at providers of every dialect.

The fixtures end in a text that makes the simulated provider repeat the body that reached it; its signatures are those of that
provider, which refuses all others.
"""
import json
import pathlib

import pytest
import zstandard

import doors
import hub as hubs

AGENTS = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "agents"
CLAUDE_HEADERS = {"anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14",
                  "user-agent": "claude-cli/2.1.0 (external, cli)", "x-app": "cli",
                  "x-stainless-lang": "js", "x-stainless-retry-count": "0", "accept": "application/json"}
CODEX_HEADERS = {"user-agent": "codex_cli_rs/0.150.0", "originator": "codex_cli_rs", "accept": "text/event-stream",
                 "session_id": "0199f0c2-7c3e-7d51-9b67-2f6e6f7f1b11"}


def load(agent, name, model):
    return json.loads((AGENTS / agent / f"{name}.json").read_text()) | {"model": model}


def send(door, path, body, headers, query=""):
    """Posts the body compressed as agents do, and gives the events that come back."""
    data = json.dumps(body, ensure_ascii=False).encode()
    # The simulated provider takes bodies as they are.
    if not door.direct:
        data, headers = zstandard.compress(data), {**headers, "content-encoding": "zstd"}
    came = door.post(path + query, data, **headers)
    assert came.status == 200, (came.status, came.body[:600])
    assert came.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in came.body.decode().split("\n") if line.startswith("data: ")]
    return events, came.headers


def texts(value):
    """Every string of a JSON value that is a text of the conversation, joined."""
    if isinstance(value, dict):
        return "\n".join(texts(each) for name, each in value.items() if name in ("text", "content", "output", "thinking"))
    if isinstance(value, list):
        return "\n".join(texts(each) for each in value)
    return value if isinstance(value, str) else ""


# Claude Code

def claude(door, name):
    sent = load("claude-code", name, door.model)
    events, headers = send(door, "/v1/messages", sent, CLAUDE_HEADERS, "?beta=true")
    assert events[0]["type"] == "message_start" and events[-1]["type"] == "message_stop"
    said = "".join(event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta")
    return sent, json.loads(said), headers


@pytest.mark.parametrize("name", ["first", "loop"])
def test_claude_code_is_carried(door, name):
    sent, arrived, headers = claude(door, name)
    if not door.is_chat:
        assert arrived == sent
        if not door.direct:
            assert headers["x-tokenhub-relay"] == "exact"
        return
    assert headers["x-tokenhub-relay"] == "translated"
    assert [(tool["function"]["name"], tool["function"]["description"], tool["function"]["parameters"]) for tool in arrived["tools"]] \
        == [(tool["name"], tool["description"], tool["input_schema"]) for tool in sent["tools"]]
    assert len(arrived["tools"]) == 40
    assert arrived["messages"][0]["role"] == "system"
    for block in sent["system"]:
        assert block["text"] in texts(arrived["messages"][0])
    said = texts(arrived["messages"])
    for turn in sent["messages"]:
        blocks = turn["content"]
        for block in blocks:
            if block["type"] == "text":
                assert block["text"] in said
    assert {"context_management", "cache_control", "metadata.user_id"} <= set(headers["x-tokenhub-dropped"].split(", "))
    assert "cache_control" not in json.dumps(arrived)


def test_claude_code_goes_on_where_another_wires_model_has_thought(dialects):
    """Thinking goes where its last thoughts are signed by nobody, and with it what would clear them."""
    sent = load("claude-code", "loop", "claude-sim")
    thoughts = [block for turn in sent["messages"] for block in turn["content"] if block["type"] == "thinking"]
    thoughts[-1]["signature"] = "th1.none"
    events, headers = send(doors.Door(dialects.port, dialects.key, "claude-sim", False), "/v1/messages", sent, CLAUDE_HEADERS, "?beta=true")
    assert events[-1]["type"] == "message_stop" and headers["x-tokenhub-relay"] == "exact"
    assert headers["x-tokenhub-dropped"] == "thinking, context_management.edits"


@pytest.mark.parametrize("model", ["gpt-sim", "vllm-sim"])
def test_claude_codes_calls_and_results_keep_their_ids(dialects, model):
    door = doors.Door(dialects.port, dialects.key, model, False)
    sent, arrived, _ = claude(door, "loop")
    calls = [call for turn in arrived["messages"] for call in turn.get("tool_calls") or []]
    wanted = [block for turn in sent["messages"] for block in turn["content"] if block["type"] == "tool_use"]
    assert [(call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls] \
        == [(block["id"], block["name"], block["input"]) for block in wanted]
    results = {turn["tool_call_id"]: texts(turn) for turn in arrived["messages"] if turn["role"] == "tool"}
    for turn in sent["messages"]:
        for block in turn["content"]:
            if block["type"] == "tool_result":
                assert texts(block["content"]) in results[block["tool_use_id"]]
    roles = [turn["role"] for turn in arrived["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "tool", "tool", "assistant", "tool", "user"]


# Codex

def codex(door, name):
    sent = load("codex", name, door.model)
    events, headers = send(door, "/v1/responses", sent, CODEX_HEADERS)
    assert events[0]["type"] == "response.created" and events[-1]["type"] == "response.completed"
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == events[-1]["response"]["output"]
    said = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    return sent, json.loads(said), headers


@pytest.mark.parametrize("name", ["first", "loop"])
def test_codex_is_carried(door, name):
    sent, arrived, headers = codex(door, name)
    if door.has_responses:
        assert arrived == sent
        return
    assert headers["x-tokenhub-relay"] == "translated"
    assert "tools.web_search" in headers["x-tokenhub-dropped"]
    functions = [tool for tool in sent["tools"] if tool["type"] == "function"]
    if door.is_chat:
        tools = [(tool["function"]["name"], tool["function"]["parameters"]) for tool in arrived["tools"]]
    else:
        tools = [(tool["name"], tool["input_schema"]) for tool in arrived["tools"]]
    assert tools[:40] == [(tool["name"], tool["parameters"]) for tool in functions]
    assert [name for name, _ in tools[40:]] == ["apply_patch"] and "input" in tools[40][1]["properties"]
    said = sent["instructions"] + json.dumps(arrived, ensure_ascii=False)
    for item in sent["input"]:
        for part in item.get("content") or []:
            assert json.dumps(part["text"], ensure_ascii=False)[1:-1] in said
    assert json.dumps(sent["instructions"], ensure_ascii=False)[1:-1] in said
    for item in sent["input"]:
        if "call_id" in item:
            assert said.count(item["call_id"]) == 2
        if item["type"].endswith("_output"):
            assert json.dumps(item["output"], ensure_ascii=False)[1:-1] in said


@pytest.mark.parametrize("model", ["claude-sim", "vllm-sim"])
def test_codexs_calls_keep_their_arguments(dialects, model):
    door = doors.Door(dialects.port, dialects.key, model, False)
    sent, arrived, _ = codex(door, "loop")
    if door.is_chat:
        calls = {call["id"]: json.loads(call["function"]["arguments"])
                 for turn in arrived["messages"] for call in turn.get("tool_calls") or []}
    else:
        calls = {block["id"]: block["input"] for turn in arrived["messages"] if isinstance(turn["content"], list)
                 for block in turn["content"] if block["type"] == "tool_use"}
    for item in sent["input"]:
        if item["type"] == "function_call":
            assert calls[item["call_id"]] == json.loads(item["arguments"])
        if item["type"] == "custom_tool_call":
            assert calls[item["call_id"]] == {"input": item["input"]}


@pytest.mark.parametrize("model", ["claude-sim", "vllm-sim"])
def test_codexs_freeform_tool_is_called_in_its_own_form(dialects, model):
    door = doors.Door(dialects.port, dialects.key, model, False)
    sent = load("codex", "first", model)
    sent["tools"] = [tool for tool in sent["tools"] if tool.get("name") == "apply_patch"]
    sent["input"][-1]["content"][0]["text"] = doors.told(tool=1)
    events, _ = send(door, "/v1/responses", sent, CODEX_HEADERS)
    call = next(item for item in events[-1]["response"]["output"] if item["type"] == "custom_tool_call")
    assert call["name"] == "apply_patch" and call["call_id"]
    deltas = "".join(event["delta"] for event in events if event["type"] == "response.custom_tool_call_input.delta")
    assert deltas == call["input"] and not deltas.startswith("{")


@pytest.mark.parametrize("agent,path,headers", [("claude-code", "/v1/messages", CLAUDE_HEADERS), ("codex", "/v1/responses", CODEX_HEADERS)])
def test_agents_survive_a_provider_that_is_gone(start_hub, agent, path, headers):
    """The provider of the agent's own wire refuses connections, and one of another dialect takes over."""
    gone = {"claude-code": "anthropic", "codex": "openai"}[agent]
    providers = [{**each, "base_url": f"http://127.0.0.1:{hubs.free_port()}"} if each["id"] == gone else each
                 for each in hubs.DIALECT_PROVIDERS]
    running = start_hub(providers=providers, models=hubs.DIALECT_MODELS, strict=True)
    door = doors.Door(running.port, running.key, "*", False)
    events, answered = send(door, path, load(agent, "loop", "*"), headers)
    assert answered["x-tokenhub-provider"] != gone
    assert events[-1]["type"] in ("message_stop", "response.completed")
