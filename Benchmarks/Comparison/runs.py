"""One run of the generator, and the figures that are taken without it."""
import json
import shutil
import socket
import subprocess
import time

from servers import LOAD_CORE, MODEL, ROOT, pinned, put_ahead


class Failed(Exception):
    """A run whose figures say nothing."""


class Runner:
    """Runs the load generator and keeps every command that was given."""

    def __init__(self, generator, temporary):
        self.generator = generator
        self.temporary = str(temporary)
        self.commands = []
        # Those that run now, for whoever has to end them early.
        self.generators = set()

    def load(self, peer, port, scheme, options, seconds, warmup, path="/v1/chat/completions", may_fail=False):
        """The generator's report on the process `peer` at `port`."""
        command = [self.generator, "--json", "--model", MODEL, "--key-file", peer.key_file, "--duration", seconds,
                   "--warmup", warmup]
        if peer.name != "direct":
            command += ["--pid", peer.pid, "--core", peer.core] + (["--pid-children"] if peer.counts_children else [])
        command += list(options) + [f"{scheme}://127.0.0.1:{port}{path}"]
        command = pinned(LOAD_CORE, command)
        self.keep(peer, command)
        generator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        put_ahead(generator.pid)
        self.generators.add(generator)
        try:
            output, complaint = generator.communicate(timeout=seconds + warmup + 300)
        except BaseException:
            generator.kill()
            raise
        finally:
            self.generators.discard(generator)
        if not output.strip():
            raise Failed(f"{peer.name}: the generator said nothing: {complaint.strip()}")
        report = json.loads(output.strip().splitlines()[-1])
        if report["errors"] and not may_fail:
            raise Failed(f"{peer.name}: {report['errors']} errors {report['errors_by_kind']} beside {report['requests']} answers")
        return report

    def keep(self, peer, command):
        line = " ".join(command).replace(self.temporary, "$TMP").replace(str(ROOT) + "/", "")
        line = " ".join("PID" if part == str(getattr(peer, "pid", "")) else part for part in line.split(" "))
        self.commands.append({"peer": peer.name, "command": line})


def memory_per_stream(runner, peer, port, scheme, streams, seconds, size):
    """Bytes of PSS that each of `streams` open, idle streams adds to `peer`."""
    quiet = ["--stream", "-H", "x-sim-tokens: 2", "-H", "x-sim-gap-us: 600000000", "-H", "x-sim-chunk-bytes: 16"]
    # What a first request makes once and for all is not the streams'.
    first = ["--stream", "-H", "x-sim-tokens: 2", "--connections", 4, "--requests", 50]
    runner.load(peer, port, scheme, first, 2, 0)
    report = runner.load(peer, port, scheme, [*quiet, "--connections", streams, "--ramp", size.ramp_seconds], seconds, 0)
    if report["ttfe_us"]["count"] != streams and report["open_connections"] != streams:
        raise Failed(f"{peer.name}: {report['open_connections']} of {streams} streams were open")
    return (report["pss_end_kb"] - report["pss_before_kb"]) * 1024 / streams


def start_to_first_answer(tokenhub, key):
    """Milliseconds from starting `tokenhub` again to the first byte of a chat answer, and resident KiB after it."""
    tokenhub.stop()
    body = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": "hello"}]})
    request = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
               f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()
    tokenhub.begin()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", tokenhub.port), timeout=5) as connection:
                connection.sendall(request)
                answer = connection.recv(65536)
        except OSError:
            answer = b""
        # Until its providers are known the gateway may say so.
        if b" 200 " in answer[:16]:
            milliseconds = (time.monotonic() - tokenhub.started_at) * 1000
            return milliseconds, resident_kb(tokenhub.pid)
        time.sleep(0.001)
    raise Failed(f"tokenhub gave no answer: {answer[:200]!r}")


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def stripped_mb(binary, folder):
    """Size of the binary without symbols, MB."""
    copy = shutil.copy(binary, folder / "stripped")
    subprocess.run(["strip", copy], check=True)
    return (folder / "stripped").stat().st_size / 1e6
