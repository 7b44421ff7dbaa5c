"""What the gateway itself refuses, row by row: the class each SDK raises, the error's type and code, and the headers SDKs act on."""
import anthropic
import openai
import pytest

import doors
import wire
from hub import CHAT, SIM_MODELS, SIM_PROVIDERS

HELLO = [{"role": "user", "content": "hello"}]


def chat(hub, key=None, said=HELLO, retries=0):
    return hub.client(key=key, max_retries=retries).chat.completions.create(model=CHAT, messages=said)


def responses(hub, key=None, said=HELLO, retries=0):
    return hub.client(key=key, max_retries=retries).responses.create(model=CHAT, input=said)


def messages(hub, key=None, said=HELLO, retries=0):
    return hub.anthropic(key=key, max_retries=retries).messages.create(model=CHAT, max_tokens=9, messages=said)


@pytest.fixture(params=[chat, responses, messages], ids=lambda surface: surface.__name__)
def surface(request):
    return request.param


class Row:
    """How one refusal reaches the users of both SDKs."""

    def __init__(self, status, openai_class, anthropic_class, type, code, anthropic_type):
        self.status, self.type, self.code, self.anthropic_type = status, type, code, anthropic_type
        self.classes = {chat: openai_class, responses: openai_class, messages: anthropic_class}

    def check(self, surface, hub, **arguments):
        """The error that the request raises, held to the row."""
        with pytest.raises(self.classes[surface]) as caught:
            for _ in range(20):
                surface(hub, **arguments)
        error = caught.value
        headers = error.response.headers
        assert error.status_code == self.status
        assert error.request_id and error.request_id == headers["x-request-id"]
        if surface is messages:
            assert headers["request-id"] == error.request_id == error.body["request_id"]
            assert (error.body["type"], error.body["error"]["type"]) == ("error", self.anthropic_type)
            assert error.body["error"]["message"]
        else:
            assert "request-id" not in headers
            assert (error.type, error.code) == (self.type, self.code)
            assert error.body["message"] and "param" in error.body
        return error


def test_an_unknown_key(surface, hub):
    row = Row(401, openai.AuthenticationError, anthropic.AuthenticationError,
              "invalid_request_error", "invalid_api_key", "authentication_error")
    error = row.check(surface, hub, key="tokenhub_" + "0" * 64)
    assert error.response.headers["x-should-retry"] == "false"


def test_a_missing_scope(surface, hub):
    row = Row(403, openai.PermissionDeniedError, anthropic.PermissionDeniedError,
              "permission_error", "insufficient_scope", "permission_error")
    row.check(surface, hub, key=hub.make_key(scopes='["embeddings"]')[0])


def test_a_body_too_large(surface, hub):
    row = Row(413, openai.APIStatusError, anthropic.ContentTooLargeError,
              "invalid_request_error", "request_too_large", "request_too_large")
    row.check(surface, hub, said=[{"role": "user", "content": "x" * (11 << 20)}])


def test_too_many_requests_of_a_key(surface, hub):
    row = Row(429, openai.RateLimitError, anthropic.RateLimitError,
              "rate_limit_error", "rate_limit_exceeded", "rate_limit_error")
    headers = row.check(surface, hub, key=hub.make_key(rate_limit_rps=1)[0]).response.headers
    assert float(headers["retry-after"]) > 0 and float(headers["retry-after-ms"]) > 0
    assert "x-should-retry" not in headers
    prefix = "anthropic-ratelimit-requests-" if surface is messages else "x-ratelimit-"
    suffix = "" if surface is messages else "-requests"
    assert headers[f"{prefix}limit{suffix}"] == "2" and headers[f"{prefix}remaining{suffix}"] == "0"
    assert headers[f"{prefix}reset{suffix}"]


def test_a_spent_budget_is_not_tried_again(surface, hub):
    row = Row(429, openai.RateLimitError, anthropic.RateLimitError,
              "insufficient_quota", "budget_exceeded", "rate_limit_error")
    key = hub.make_key(monthly_budget_usd=0.000000001)[0]
    with doors.counted(doors.Door(hub.port, key, CHAT, False)) as (_, tap):
        class Behind:
            """The hub, seen through the forwarder."""
            client = staticmethod(lambda key, **options: openai.OpenAI(
                base_url=f"http://127.0.0.1:{tap.port}/v1", api_key=key, **options))
            anthropic = staticmethod(lambda key, **options: anthropic.Anthropic(
                base_url=f"http://127.0.0.1:{tap.port}", api_key=key, **options))

        error = row.check(surface, Behind, key=key, retries=2)
        assert b"".join(tap.requests).count(b"POST /v1/") == 1
    assert error.response.headers["x-should-retry"] == "false"
    assert "retry-after" not in error.response.headers
    if surface is messages:
        assert error.body["error"]["details"] == {"error_code": "enforced_spend_limit_reached"}


def test_a_request_beyond_its_own_budget(hub):
    row = Row(402, openai.APIStatusError, anthropic.PaymentRequiredError,
              "invalid_request_error", "max_budget_exceeded", "billing_error")
    said = [{"role": "user", "content": "@@tokenhub budget=0.000000001\nhello"}]
    assert row.check(chat, hub, said=said).response.headers["x-should-retry"] == "false"


def test_nobody_to_ask(surface, start_hub):
    row = Row(503, openai.InternalServerError, anthropic.ServiceUnavailableError,
              "server_error", "no_provider_available", "overloaded_error")
    models = [{**each, "enabled": False} for each in SIM_MODELS]
    hub = start_hub(providers=SIM_PROVIDERS, models=models, ready=False)
    for each in models:
        hub.admin("PATCH", f"/models/{each['id']}", {"enabled": False})
    headers = row.check(surface, hub).response.headers
    assert float(headers["retry-after"]) >= 1 and float(headers["retry-after-ms"]) >= 1000


def test_a_head_that_cannot_be_read_has_the_shape_of_its_path(hub):
    for path, shape in [("/v1/messages", b'"type":"error"'), ("/v1/chat/completions", b'"code":"malformed_request"'),
                        ("/v1/chat", b'{"error":"'), ("/admin/v1/providers", b'{"error":"')]:
        answer = wire.exchange(hub.port, "POST", path, {}, {"Transfer-Encoding": "gzip"})
        assert answer.status in (400, 501) and shape in answer.body, answer
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize("model", ["claude-sim", "vllm-sim"])
def test_a_conversation_that_nobody_can_compact(dialects, model):
    with pytest.raises(openai.NotFoundError) as caught:
        dialects.client().responses.compact(model=model, input="hello")
    assert (caught.value.code, caught.value.param) == ("compaction_not_supported", "model")
    assert model in caught.value.body["message"] and caught.value.request_id
