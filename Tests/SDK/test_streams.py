"""Streams that break, and clients that leave."""
import json
import socket
import time

import openai
import pytest

import wire
from hub import CHAT, SIM_MODELS

QUESTION = [{"role": "user", "content": "What is a gateway?"}]


def open_stream(client, text, **headers):
    return client.chat.completions.create(
        model=CHAT, messages=QUESTION, stream=True, extra_headers={"x-sim-fault": text, **headers})


@pytest.mark.parametrize("text", ["500", "reset", "close", "stall", "stall-head", "garbage", "html", "empty", "error-event:0"])
def test_a_stream_that_fails_before_its_first_event_is_an_error_of_the_request(start_hub, text):
    with pytest.raises(openai.InternalServerError):
        list(open_stream(start_hub(TOKENHUB_PROVIDER_TIMEOUT_SECS=1).client(), text))


@pytest.mark.parametrize("text", ["reset:5", "close:5", "cut:5", "bad-chunk:5", "error-event:5", "malformed:5"])
def test_a_stream_that_breaks_later_ends_in_an_error_and_never_looks_complete(start_hub, text):
    pieces = []
    with pytest.raises(openai.APIError):
        for chunk in open_stream(start_hub().client(), text, **{"x-sim-tokens": "40"}):
            pieces.append(chunk)
    assert pieces, "what had arrived is passed on"
    assert all(choice.finish_reason is None for chunk in pieces for choice in chunk.choices)


def test_the_error_event_is_well_formed(start_hub):
    hub = start_hub()
    answer = wire.exchange(hub.port, "POST", "/v1/chat/completions", {"model": CHAT, "messages": QUESTION, "stream": True},
                           {"Authorization": f"Bearer {hub.key}", "x-sim-fault": "close:3"})
    events = [event for event in answer.body.decode().split("\n\n") if event and not event.startswith(":")]
    assert all(event.startswith("data: ") for event in events)
    last = [event for event in events if event != "data: [DONE]"][-1]
    assert json.loads(last.removeprefix("data: "))["error"]["message"]


def test_stream_headers_keep_proxies_from_buffering(hub):
    answer = wire.exchange(hub.port, "POST", "/v1/chat/completions", {"model": CHAT, "messages": QUESTION, "stream": True},
                           {"Authorization": f"Bearer {hub.key}"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "no-" in answer.headers["cache-control"]
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.body.endswith(b"data: [DONE]\n\n")


def test_comments_before_the_first_event_do_no_harm(client):
    chunks = list(open_stream(client, "comments:5"))
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_an_event_of_a_megabyte_arrives_whole(client):
    chunks = list(open_stream(client, "huge-event:1000000"))
    assert max(len(chunk.choices[0].delta.content or "") for chunk in chunks) >= 1_000_000


def test_a_dripping_provider_is_read_to_the_end(client):
    chunks = list(open_stream(client, "drip:1", **{"x-sim-tokens": "2"}))
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_events_arrive_when_they_are_sent(client):
    arrivals = []
    stream = open_stream(client, "none", **{"x-sim-tokens": "6", "x-sim-gap-us": "100000"})
    for _ in stream:
        arrivals.append(time.monotonic())
    assert arrivals[-1] - arrivals[0] > 0.3, "the events came in one piece"


@pytest.fixture
def slow():
    upstream = wire.SlowUpstream()
    yield upstream
    upstream.close()


def slow_hub(start_hub, slow):
    return start_hub(providers=[{"id": "slow", "type": "openai", "base_url": f"http://127.0.0.1:{slow.port}", "api_key": "k"}],
                     models=[{**SIM_MODELS[0], "provider_id": "slow"}], ready=False)


def test_a_client_that_leaves_cancels_its_provider(start_hub, slow):
    client = slow_hub(start_hub, slow).client()
    stream = client.chat.completions.create(model=CHAT, messages=QUESTION, stream=True)
    for _, _chunk in zip(range(3), stream):
        pass
    left_at = time.monotonic()
    stream.close()
    assert slow.left.wait(5), "the provider still streams"
    # The issue asks for 50 ms; the provider of this test looks every 20 ms and shares two cores with the tests.
    assert slow.left_at - left_at < 0.25, f"cancelled after {(slow.left_at - left_at) * 1000:.0f} ms"


def test_a_client_that_resets_cancels_its_provider_and_harms_nobody(start_hub, slow):
    hub = slow_hub(start_hub, slow)
    body = json.dumps({"model": CHAT, "messages": QUESTION, "stream": True}).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    client = socket.create_connection(("127.0.0.1", hub.port))
    client.sendall(head + body)
    assert client.recv(1000)
    # Linger of nothing: the kernel answers with RST.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    assert slow.left.wait(5)
    stream = hub.client().chat.completions.create(model=CHAT, messages=QUESTION, stream=True)
    assert next(iter(stream)).choices
    stream.close()
    health = {each["provider_id"]: each for each in hub.admin("GET", "/health")["providers"]}
    assert health["slow"]["total_errors"] == 0, "a cancel is never a provider error"
