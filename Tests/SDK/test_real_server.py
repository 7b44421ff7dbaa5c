"""TokenHub before a real inference server that knows nothing of it: llama.cpp with SmolLM2-135M-Instruct."""
import json
import pathlib
import re
import subprocess

import pytest

import hub as hubs
import wire

SCRIPT = hubs.ROOT.parent / "shared" / "tools" / "real_upstream.sh"
MODEL = "smollm2"
BASE = {"model": MODEL, "messages": [{"role": "user", "content": "Name three colours. Then say à bientôt."}],
        "max_tokens": 24, "temperature": 0, "seed": 7, "cache_prompt": False}
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
REQUESTS = {
    "whole": BASE,
    "stream": {**BASE, "stream": True},
    "stream with usage": {**BASE, "stream": True, "stream_options": {"include_usage": True}},
    "logprobs": {**BASE, "logprobs": True, "top_logprobs": 2, "max_tokens": 6},
    "two choices": {**BASE, "n": 2, "max_tokens": 6},
    "tools": {**BASE, "tools": [TOOL], "max_tokens": 32},
    "json": {**BASE, "response_format": {"type": "json_object"}, "max_tokens": 32},
}


@pytest.fixture(scope="session")
def llama():
    """The port of a running llama-server."""
    if not SCRIPT.exists():
        pytest.skip(f"the real inference server is not tested: {pathlib.Path(*SCRIPT.parts[-3:])} is not beside this package")
    port = hubs.free_port()
    try:
        started = subprocess.run([SCRIPT, "llama", str(port)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        pytest.skip("the real inference server is not tested: it was not ready within 300 s")
    if started.returncode != 0 or "ready" not in started.stdout:
        pytest.skip(f"the real inference server is not tested: {(started.stdout + started.stderr).strip()[-500:]}")
    yield port
    subprocess.run([SCRIPT, "stop", str(port)], capture_output=True, timeout=60)


@pytest.fixture(scope="session", params=["openai", "vllm"])
def relayed(request, llama, tmp_path_factory):
    """A hub before the server, with a tap between the two that remembers what the server said."""
    tap = wire.Tap(llama)
    hub = hubs.Hub(
        tmp_path_factory.mktemp(f"llama-{request.param}"),
        providers=[{"id": "llama", "type": request.param, "base_url": f"http://127.0.0.1:{tap.port}", "api_key": "unused"}],
        models=[{"id": MODEL, "provider_id": "llama", "weight": 5, "max_context_tokens": 8192, "input_per_1k": 0.001,
                 "output_per_1k": 0.001}])
    yield hub, tap
    hub.stop()
    tap.close()


def ask(port, body, key="unused"):
    answer = wire.exchange(port, "POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {key}"}, timeout=120)
    assert answer.status == 200, answer
    return answer


def without_chance(body):
    """What two direct runs of the same request give alike: all but id, creation time and the server's own stop-watch."""
    text = re.sub(r'"id":"chatcmpl-[A-Za-z0-9]+"', '"id":"-"', body.decode())
    text = re.sub(r'"created":\d+', '"created":0', text)
    return re.sub(r',"timings":\{[^}]*\}', "", text)


@pytest.mark.parametrize("name", ["whole", "stream", "stream with usage"])
def test_two_direct_runs_differ_in_nothing_else(llama, name):
    first, second = (without_chance(ask(llama, REQUESTS[name]).body) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", REQUESTS)
def test_the_answer_is_that_of_a_direct_run(llama, relayed, name):
    hub, _ = relayed
    direct, through = ask(llama, REQUESTS[name]), ask(hub.port, REQUESTS[name], hub.key)
    assert without_chance(through.body) == without_chance(direct.body)
    assert through.headers["content-type"] == direct.headers["content-type"]


@pytest.mark.parametrize("name", [name for name in REQUESTS if name != "stream"])
def test_every_byte_of_the_server_reaches_the_client(relayed, name):
    # Without the wish for usage the gateway may ask for it itself and take it out again: that stream is compared above.
    hub, tap = relayed
    through = ask(hub.port, REQUESTS[name], hub.key)
    assert through.body in tap.bodies()
    assert through.headers["x-tokenhub-relay"] == "exact"


def test_the_sdk_chats_with_it(relayed):
    hub, _ = relayed
    answer = hub.client(timeout=120).chat.completions.create(**{k: v for k, v in BASE.items() if k != "cache_prompt"})
    assert answer.choices[0].message.content
    assert answer.usage.completion_tokens > 0


def test_the_sdk_streams_from_it(relayed):
    hub, _ = relayed
    client = hub.client(timeout=120)
    options = {k: v for k, v in BASE.items() if k != "cache_prompt"}
    whole = client.chat.completions.create(**options)
    chunks = list(client.chat.completions.create(**options, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


def test_its_refusal_reaches_the_client_as_it_is(llama, relayed):
    hub, _ = relayed
    body = {"model": MODEL, "messages": BASE["messages"], "temperature": "hot"}
    direct = wire.exchange(llama, "POST", "/v1/chat/completions", body)
    through = wire.exchange(hub.port, "POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {hub.key}"})
    assert direct.status == 400
    assert through.status == 400
    assert json.loads(through.body)["error"]["message"] == json.loads(direct.body)["error"]["message"]

