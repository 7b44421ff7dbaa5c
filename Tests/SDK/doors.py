"""The ways into a provider that one test takes in turn: straight to the simulated one, and through the hub in each dialect."""
import contextlib
import dataclasses
import functools
import json

import anthropic
import openai

import wire

MODELS = ("gpt-sim", "claude-sim", "vllm-sim")
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
URL = "https://example.com/cat.png"
WEATHER_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                  "required": ["city", "days"], "additionalProperties": False}


@functools.cache
def client(kind, url, key, max_retries, timeout):
    """A client for each place: making one reads all certificates of the machine."""
    return kind(base_url=url, api_key=key, max_retries=max_retries, timeout=timeout)


@dataclasses.dataclass(frozen=True)
class Door:
    """Where to ask, and for what."""

    port: int
    key: str
    model: str
    direct: bool

    @property
    def is_chat(self):
        """The provider behind it speaks chat completions, not Messages."""
        return not self.direct and self.model != "claude-sim"

    @property
    def has_responses(self):
        """The provider behind it speaks Responses itself."""
        return self.direct or self.model == "gpt-sim"

    def openai(self, max_retries=0, timeout=20):
        return client(openai.OpenAI, f"http://127.0.0.1:{self.port}/v1", self.key, max_retries, timeout)

    def anthropic(self, max_retries=0, timeout=20):
        return client(anthropic.Anthropic, f"http://127.0.0.1:{self.port}", self.key, max_retries, timeout)

    def post(self, path, body, **headers):
        return wire.exchange(self.port, "POST", path, body, {"authorization": f"Bearer {self.key}", **headers})


@contextlib.contextmanager
def counted(door):
    """The door behind a forwarder, and the connections that come to it."""
    tap = wire.Tap(door.port)
    try:
        yield dataclasses.replace(door, port=tap.port), tap
    finally:
        tap.close()


def told(**directives):
    """A question that tells the simulated provider what to do; `tool=2` is `x-sim-tool: 2`."""
    inside = "; ".join(f"x-sim-{name.replace('_', '-')}: {value}" for name, value in directives.items())
    return f"What is a gateway?\n[[{inside}]]" if inside else "What is a gateway?"


def echoed(text):
    """The body that arrived at the provider, from an answer that repeats it."""
    return json.loads(text)
