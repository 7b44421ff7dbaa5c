"""Every error reaches the SDK as the class its users catch, in OpenAI's shape, with a request id."""
import time

import openai
import pytest

import wire
from hub import CHAT, SIM_MODELS, SIM_PROVIDERS

QUESTION = [{"role": "user", "content": "What is a gateway?"}]


def ask(client, **options):
    return client.chat.completions.create(model=CHAT, messages=QUESTION, **options)


def fault(text):
    return {"extra_headers": {"x-sim-fault": text}}


def assert_shape(error):
    """OpenAI's error body: an object with message and type."""
    assert isinstance(error.body, dict), error.body
    assert error.body["message"]
    assert error.body["type"]
    assert error.request_id


def test_a_request_without_messages_is_a_bad_request(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=CHAT, messages=[])
    assert_shape(caught.value)
    assert "messages" in caught.value.body["message"]


def test_wrong_json_is_a_bad_request_with_its_position(hub):
    answer = wire.exchange(hub.port, "POST", "/v1/chat/completions", b'{"model": "x", "messages": [}',
                           {"Authorization": f"Bearer {hub.key}"})
    assert answer.status == 400
    assert b"28" in answer.body, answer.body


@pytest.mark.parametrize("field,value", [
    ("n", 1000), ("max_tokens", 10**12), ("stop", ["x"] * 1000),
    ("tools", [{"type": "function", "function": {"name": f"f{number}"}} for number in range(5000)]),
])
def test_what_is_out_of_bounds_is_a_bad_request_that_names_the_bound(client, field, value):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, **{field: value})
    assert field.rstrip("s") in caught.value.body["message"]
    assert any(letter.isdigit() for letter in caught.value.body["message"])


@pytest.mark.parametrize("key", ["tokenhub_" + "0" * 64, "sk-not-ours", "tokenhub_short"])
def test_a_wrong_key_is_an_authentication_error(hub, key):
    with pytest.raises(openai.AuthenticationError) as caught:
        ask(hub.client(key=key))
    assert_shape(caught.value)


def test_no_key_is_an_authentication_error(hub):
    answer = wire.exchange(hub.port, "POST", "/v1/chat/completions", {"model": CHAT, "messages": QUESTION})
    assert answer.status == 401
    assert answer.headers["content-type"].startswith("application/json")


def test_a_key_in_x_api_key_is_taken(hub):
    answer = wire.exchange(hub.port, "POST", "/v1/chat/completions", {"model": CHAT, "messages": QUESTION},
                           {"x-api-key": hub.key})
    assert answer.status == 200


def test_a_disabled_key_stops_working_at_once(hub):
    key, identity = hub.make_key()
    client = hub.client(key=key)
    assert ask(client).choices
    hub.admin("PATCH", f"/apikeys/{identity}", {"enabled": False})
    with pytest.raises(openai.AuthenticationError):
        ask(client)


def test_a_deleted_key_stops_working_at_once(hub):
    key, identity = hub.make_key()
    client = hub.client(key=key)
    assert ask(client).choices
    hub.admin("DELETE", f"/apikeys/{identity}")
    with pytest.raises(openai.AuthenticationError):
        ask(client)


def test_a_missing_scope_is_a_permission_error(hub):
    key, _ = hub.make_key(scopes='["embeddings"]')
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(hub.client(key=key))
    assert_shape(caught.value)


def test_an_unknown_path_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.get("/no-such-path", cast_to=object)
    assert_shape(caught.value)


def test_an_unknown_model_cannot_be_retrieved(client):
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")


def test_a_wrong_method_says_which_are_allowed(hub):
    answer = wire.exchange(hub.port, "GET", "/v1/chat/completions", headers={"Authorization": f"Bearer {hub.key}"})
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


def test_a_body_over_ten_mebibytes_is_too_large(client):
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=CHAT, messages=[{"role": "user", "content": "x" * (11 << 20)}])
    assert caught.value.status_code == 413
    assert_shape(caught.value)


def test_a_key_beyond_its_rate_is_rate_limited(hub):
    key, _ = hub.make_key(rate_limit_rps=1)
    client = hub.client(key=key)
    with pytest.raises(openai.RateLimitError) as caught:
        for _ in range(20):
            ask(client)
    assert_shape(caught.value)
    assert float(caught.value.response.headers["retry-after"]) > 0


@pytest.mark.parametrize("status,expected", [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (409, openai.ConflictError),
    (413, openai.APIStatusError), (422, openai.UnprocessableEntityError),
])
def test_the_callers_fault_comes_back_as_the_provider_said_it(start_hub, status, expected):
    with pytest.raises(expected) as caught:
        ask(start_hub().client(), **fault(str(status)))
    assert caught.value.status_code == status
    assert_shape(caught.value)


def test_a_prompt_too_long_comes_back_as_such(start_hub):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(start_hub().client(), **fault("context_length_exceeded"))
    assert caught.value.code == "context_length_exceeded"


def test_rate_limited_providers_are_a_rate_limit_with_retry_after(start_hub):
    with pytest.raises(openai.RateLimitError) as caught:
        ask(start_hub().client(), **fault("429:7"))
    assert_shape(caught.value)
    assert 1 <= float(caught.value.response.headers["retry-after"]) <= 7


@pytest.mark.parametrize("text", [
    "500", "502", "503", "stall-head", "reset", "close", "garbage", "empty", "empty-object", "html", "redirect",
    "malformed", "wrong-length:5",
])
def test_a_failing_provider_is_an_internal_server_error(start_hub, text):
    hub = start_hub(TOKENHUB_PROVIDER_TIMEOUT_SECS=1)
    with pytest.raises(openai.InternalServerError) as caught:
        ask(hub.client(), **fault(text))
    assert caught.value.status_code in (500, 502, 503, 504)
    assert_shape(caught.value)


def test_an_overloaded_provider_says_try_later(start_hub):
    with pytest.raises((openai.RateLimitError, openai.InternalServerError)) as caught:
        ask(start_hub().client(), **fault("529"))
    assert_shape(caught.value)


@pytest.mark.parametrize("text", ["401", "403"])
def test_a_provider_that_refuses_our_key_is_not_the_clients_fault(start_hub, text):
    with pytest.raises(openai.InternalServerError):
        ask(start_hub().client(), **fault(text))


def test_without_providers_it_is_unavailable_and_says_when_to_come_back(start_hub):
    hub = start_hub(providers=[], models=[], ready=False)
    with pytest.raises(openai.InternalServerError) as caught:
        ask(hub.client())
    assert caught.value.status_code == 503
    assert_shape(caught.value)
    assert float(caught.value.response.headers["retry-after"]) > 0


def test_a_dead_provider_is_unavailable_with_the_reason_of_each_candidate(start_hub):
    providers = [{"id": "dead", "type": "openai", "base_url": "http://127.0.0.1:1", "api_key": "k"}]
    models = [{**SIM_MODELS[0], "provider_id": "dead"}]
    with pytest.raises(openai.InternalServerError) as caught:
        ask(start_hub(providers=providers, models=models, ready=False).client())
    assert CHAT in caught.value.body["message"]
    assert "unreachable" in caught.value.body["message"]


def test_a_dead_provider_is_passed_over(start_hub):
    dead = {"id": "dead", "type": "openai", "base_url": "http://127.0.0.1:1", "api_key": "k"}
    models = [{**SIM_MODELS[0], "id": "gone", "provider_id": "dead", "weight": 10}, *SIM_MODELS]
    client = start_hub(providers=[dead, *SIM_PROVIDERS], models=models).client()
    raw = client.chat.completions.with_raw_response.create(model="gone", messages=QUESTION)
    assert raw.parse().choices[0].message.content
    assert raw.headers["x-tokenhub-provider"] in ("sim-a", "sim-b")
    assert int(raw.headers["x-tokenhub-attempts"]) >= 2


def test_the_sdk_waits_as_long_as_retry_after_says(start_hub):
    client = start_hub().client(max_retries=1)
    begun = time.monotonic()
    with pytest.raises(openai.RateLimitError):
        ask(client, **fault("429:2"))
    assert 1.0 <= time.monotonic() - begun < 8


def test_the_clients_own_timeout_holds(start_hub):
    begun = time.monotonic()
    with pytest.raises(openai.APITimeoutError):
        ask(start_hub().client(timeout=0.5), **fault("stall"))
    assert time.monotonic() - begun < 5


def test_the_gateways_timeout_holds(start_hub):
    begun = time.monotonic()
    with pytest.raises(openai.InternalServerError):
        ask(start_hub(TOKENHUB_PROVIDER_TIMEOUT_SECS=1).client(), **fault("stall"))
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize("answers", [1, 2, 5])
def test_a_provider_that_closes_kept_connections_is_no_failure(start_hub, answers):
    upstream = wire.ClosingUpstream(answers)
    providers = [{"id": "closing", "type": "openai", "base_url": f"http://127.0.0.1:{upstream.port}", "api_key": "k"}]
    hub = start_hub(providers=providers, models=[{**SIM_MODELS[0], "provider_id": "closing"}], ready=False)
    client = hub.client()
    for _ in range(40):
        assert ask(client).choices[0].message.content == "x"
    upstream.close()
    assert upstream.connections >= 40 // answers
