"""A running TokenHub for one test or for many."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import anthropic
import openai

import wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN_TOKEN = "sdk-tests-admin-token-0123456789"
CHAT, SECOND, EMBED = "sim-chat", "sim-second", "sim-embed"

# A base URL of None stands for the simulated provider that a hub starts for itself.
SIM_PROVIDERS = [{"id": name, "type": "sim", "base_url": None, "api_key": "sim-key", "enabled": True} for name in ("sim-a", "sim-b")]
SIM_MODELS = [
    {"id": CHAT, "provider_id": "sim-a", "weight": 8, "max_context_tokens": 128000, "input_per_1k": 0.001, "output_per_1k": 0.002},
    {"id": SECOND, "provider_id": "sim-b", "weight": 5, "max_context_tokens": 128000, "input_per_1k": 0.001, "output_per_1k": 0.002},
    {"id": EMBED, "provider_id": "sim-a", "weight": 1, "max_context_tokens": 8192, "input_per_1k": 0.0001, "output_per_1k": 0.0},
]

# One simulated process behind three providers, each of which the hub speaks to in another dialect.
DIALECT_PROVIDERS = [{"id": name, "type": name, "base_url": None, "api_key": "sim-key", "enabled": True}
                     for name in ("openai", "anthropic", "vllm")]
# The names say to the simulated provider, and to the hub, whose model it is.
DIALECT_MODELS = [{"id": model, "provider_id": provider, "weight": 5, "max_context_tokens": 200000,
                   "input_per_1k": 0.001, "output_per_1k": 0.002}
                  for model, provider in (("gpt-sim", "openai"), ("claude-sim", "anthropic"), ("vllm-sim", "vllm"))]


def binary():
    named = os.environ.get("TOKENHUB_BINARY")
    candidates = [pathlib.Path(named)] if named else [ROOT / ".build" / kind / "tokenhub" for kind in ("release", "debug")]
    for path in candidates:
        if path.exists():
            return path
    raise FileNotFoundError(f"no tokenhub at {', '.join(map(str, candidates))}: swift build -c release --product tokenhub")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sim:
    """`tokenhub sim`: the simulated provider, a process of its own."""

    key = "sim-key"

    def __init__(self, strict=False):
        self.port = free_port()
        self.process = subprocess.Popen([binary(), "sim", "--listen", f"127.0.0.1:{self.port}", *["--strict"] * strict],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.005)
        raise AssertionError(f"the simulated provider does not listen ({self.process.poll()})")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Hub:
    """`tokenhub serve` with its own folder, database and port."""

    def __init__(self, folder, providers=SIM_PROVIDERS, models=SIM_MODELS, ready=True, strict=False, **environment):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.sim = Sim(strict) if any(each.get("base_url", "") is None for each in providers) else None
        providers = [{**each, "base_url": f"http://127.0.0.1:{self.sim.port}"} if each.get("base_url", "") is None else each
                     for each in providers]
        credentials = self.folder / "credentials"
        credentials.write_text(json.dumps({"providers": providers, "models": models}))
        credentials.chmod(0o600)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TOKENHUB_", "OPENAI_", "ANTHROPIC_"))},
            "TOKENHUB_LISTEN_ADDR": f"127.0.0.1:{self.port}",
            "TOKENHUB_DB_DSN": f"file:{self.folder}/tokenhub.sqlite",
            "TOKENHUB_CREDENTIALS_FILE": str(credentials),
            "TOKENHUB_ADMIN_TOKEN": ADMIN_TOKEN,
            "TOKENHUB_RATE_LIMIT_RPS": "100000", "TOKENHUB_RATE_LIMIT_BURST": "100000",
            "TOKENHUB_ADMIN_RATE_LIMIT_RPS": "100000", "TOKENHUB_ADMIN_RATE_LIMIT_BURST": "100000",
            "TOKENHUB_HEALTH_PROBE_DISABLED": "true",
            **{name: str(value) for name, value in environment.items()},
        }
        self.log = self.folder / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([binary(), "serve"], env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=self.folder)
        try:
            self.wait("/readyz" if ready else "/livez")
        except BaseException:
            self.stop()
            raise

    def wait(self, path, seconds=15):
        deadline = time.monotonic() + seconds
        last = None
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"tokenhub ended with {self.process.returncode}:\n{self.tail()}")
            with contextlib.suppress(OSError):
                last = wire.exchange(self.port, "GET", path)
                if last.status == 200:
                    return
            time.sleep(0.01)
        raise AssertionError(f"tokenhub was not ready within {seconds} s: {last}\n{self.tail()}")

    def tail(self):
        return self.log.read_text(errors="replace")[-4000:]

    @property
    def key(self):
        return (self.folder / ".host-api-key").read_text().split()[0]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def client(self, key=None, **options):
        options = {"max_retries": 0, "timeout": 20, **options}
        return openai.OpenAI(base_url=self.url, api_key=key or self.key, **options)

    def anthropic(self, key=None, **options):
        options = {"max_retries": 0, "timeout": 20, **options}
        return anthropic.Anthropic(base_url=self.url.removesuffix("/v1"), api_key=key or self.key, **options)

    def admin(self, method, path, body=None):
        """The answer of an admin call, which must succeed."""
        answer = wire.exchange(self.port, method, "/admin/v1" + path, body, {"Authorization": f"Bearer {ADMIN_TOKEN}"})
        assert 200 <= answer.status < 300, answer
        return json.loads(answer.body) if answer.body else None

    def make_key(self, **fields):
        """A new client key and its id."""
        made = self.admin("POST", "/apikeys", {"name": "sdk-test", "scopes": '["chat","embeddings"]', **fields})
        return made["key"], made["id"]

    def stop(self):
        if self.sim:
            self.sim.stop()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("tokenhub did not end within 15 s of SIGTERM")
