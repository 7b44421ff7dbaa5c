"""Holds TokenHub to two promises under load: no byte of a stream is lost, doubled or moved, and nothing leaks.

Integrity: many concurrent streams with TLS on both sides, each with a text of its own, cut by the upstream into pieces of
random sizes; a tenth of the clients vanishes at random. The hash of every body must be that of a direct run, the upstream
must have seen its client leave within 50 ms of the vanishing, and nothing may stay open.

Mixed: whole answers, streams, embeddings, new TLS connections, slow readers, vanishing clients, a provider that fails by
its own seed, admin calls and reloads, all at once for a long time. Memory is looked at every ten seconds and must stay
within 2 % over the last two thirds.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import statistics
import sys
import tempfile
import threading
import time

import runs
import servers

# The upstream's connections are closed after 50 s of idleness; with the sweep of the wheel.
IDLE_SECONDS = 53
CANCEL_MS_MAX = 50
SAMPLE_SECONDS = 10


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds: 50 streams of 50 events, no mixed load")
    parser.add_argument("--mixed", action="store_true", help="the mixed load alone, at the side of other work")
    parser.add_argument("--streams", type=int, default=2000, help="concurrent streams of 500 events")
    parser.add_argument("--minutes", type=float, default=30, help="of mixed load; 0 for none")
    parser.add_argument("--binary", default=".build/release/tokenhub", type=pathlib.Path)
    parser.add_argument("--generator", default=".build/release/load", type=pathlib.Path)
    return parser.parse_args()


def descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def memory_kb(pid):
    """Resident size, and that part of it which is no file's."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup if line.startswith(("Rss:", "Anonymous:"))}
    return sizes["Rss"], sizes["Anonymous"]


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


class Soak:
    def __init__(self, options, folder):
        self.options = options
        self.problems = []
        root = servers.ROOT
        binary = (root / options.binary).resolve()
        self.certificate = servers.Certificate(folder / "tls")
        self.running = []
        try:
            # The upstream speaks TLS itself: nothing in between may gather its pieces again.
            self.upstream = self.keep(servers.Upstream(folder / "upstream", binary, certificate=self.certificate))
            self.flaky = self.keep(servers.Upstream(
                folder / "flaky", binary,
                chances=["503=60", "429:1=20", "reset:3=40", "error-event:2=30", "close:4=20", "malformed:2=10"]))
            self.hub = self.keep(servers.TokenHub(
                folder / "tokenhub", self.upstream.port, self.certificate, binary, upstream_is_tls=True, secure=True,
                flaky_port=self.flaky.port))
            self.direct = servers.Direct(self.upstream, self.hub)
            self.runner = runs.Runner((root / options.generator).resolve(), folder)
            self.base = self.settled()["foreign"]
        except BaseException:
            self.stop()
            raise

    def keep(self, server):
        self.running.append(server)
        return server

    def stop(self):
        for generator in list(self.runner.generators) if hasattr(self, "runner") else []:
            generator.kill()
        for server in reversed(self.running):
            server.stop()

    def demand(self, holds, text):
        print(("ok       " if holds else "PROBLEM  ") + text, flush=True)
        if not holds:
            self.problems.append(text)

    # What the hub says of itself.

    def connect(self, port):
        context = ssl.create_default_context(cafile=self.certificate.certificate)
        return http.client.HTTPSConnection("localhost", port, context=context, timeout=30)

    def ask(self, method, path, body=None, port=None):
        """One request with the admin's token, on a connection of its own."""
        with contextlib.closing(self.connect(port or self.hub.port)) as connection:
            return self.ask_on(connection, method, path, body)

    def ask_on(self, connection, method, path, body=None):
        token = (self.hub.folder / ".admin-token").read_text().split()[0]
        connection.request(method, path, body and json.dumps(body),
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise runs.Failed(f"{method} {path}: {answer.status} {text[:200]}")
        return text

    def counters(self):
        """Open things by the hub's own count, and descriptors that are none of its connections."""
        with contextlib.closing(self.connect(self.hub.port)) as connection:
            connection.connect()
            sums = {}
            # The cores tell their figures ten times a second: first without the connection that asks, at the start not at all.
            while "tokenhub_open_connections" not in sums:
                time.sleep(0.3)
                for line in self.ask_on(connection, "GET", "/metrics").splitlines():
                    if not line.startswith("#"):
                        name, value = line.rsplit(" ", 1)
                        name = name.split("{")[0]
                        sums[name] = sums.get(name, 0) + float(value)
            all_descriptors = descriptors(self.hub.pid)
        open_now = {name: int(sums[f"tokenhub_{name}"]) for name in
                    ("open_connections", "open_upstream_connections", "open_exchanges", "blocks_in_use")}
        open_now["descriptors"] = all_descriptors - 1
        open_now["foreign"] = all_descriptors - open_now["open_connections"] - open_now["open_upstream_connections"]
        # The one that asked.
        open_now["open_connections"] -= 1
        return open_now

    def settled(self, seconds=10):
        """The counters once nothing is under way, or at last."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.counters()
            if found["open_connections"] == found["open_exchanges"] == found["blocks_in_use"] == 0 \
                    and found["foreign"] == getattr(self, "base", found["foreign"]) or time.monotonic() > deadline:
                return found

    def demand_nothing_open(self, when, upstreams_too=False):
        found = self.settled()
        shown = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in found.items() if name != "foreign")
        self.demand(found["open_connections"] == found["open_exchanges"] == found["blocks_in_use"] == 0
                    and found["foreign"] == self.base and not (upstreams_too and found["open_upstream_connections"]),
                    f"{when}: {shown}, {found['foreign']} of them no connections ({self.base} at first)")

    # Integrity.

    def integrity(self, streams, events):
        """Twice, so that what leaks shows as growth."""
        # With usage asked for by the client nothing is taken out of a stream. Gaps and cuts change no byte of it.
        alike = ["--stream", "--usage", "--number", "x-sim-seed", "-H", f"x-sim-tokens: {events}", "--requests", streams]
        direct = self.runner.load(self.direct, self.upstream.port, "https", [*alike, "--connections", 20], 200, 0)
        expected = direct["numbered_hashes"]
        self.demand(len(set(expected.values())) == streams, f"{streams} streams with texts of their own")
        for attempt in (1, 2):
            self.departures()
            report = self.runner.load(
                self.hub, self.hub.port, "https",
                # About 17,000 events a second in all, which two cores can do: what is tested is order, not overload.
                [*alike, "-H", f"x-sim-gap-us: {max(2000, streams * 60)}", "-H", f"x-sim-cuts: {attempt}",
                 "--connections", streams, "--ramp", streams / 100, "--vanish", 10, "--seed", attempt, "--timeout", 200], 240, 0)
            hashes = report["numbered_hashes"]
            self.demand(len(hashes) + report["vanished"] == streams and report["vanished"] > 0
                        and all(expected[number] == found for number, found in hashes.items()),
                        f"run {attempt}: {len(hashes)} streams of {events} events as sent, {report['vanished']} vanished")
            self.demand_nothing_open(f"after run {attempt}")
            self.demand_cancelled(attempt, report["departures_ns"])
        if not self.options.quick:
            time.sleep(IDLE_SECONDS)
            self.demand_nothing_open("idle connections closed", upstreams_too=True)

    def departures(self):
        """When the upstream saw which client leave, by the numbers of their streams; it forgets them."""
        lines = self.ask("GET", "/sim/departures", port=self.upstream.port).splitlines()
        return {line.split()[0]: int(line.split()[1]) for line in lines}

    def demand_cancelled(self, attempt, vanished):
        seen = self.departures()
        delays = sorted((seen[number] - at) / 1e6 for number, at in vanished.items() if number in seen)
        self.demand(len(delays) == len(vanished) and delays and delays[-1] <= CANCEL_MS_MAX,
                    f"run {attempt}: upstream saw {len(delays)} of {len(vanished)} clients leave after "
                    + (f"{percentile(delays, 0.5):.1f} ms (p50), {percentile(delays, 0.99):.1f} ms (p99), "
                       f"{delays[-1]:.1f} ms at most" if delays else "nothing"))

    # Mixed load.

    def mixed(self, minutes):
        seconds = minutes * 60
        embeddings = self.hub.folder / "embeddings.json"
        embeddings.write_text(json.dumps({"model": servers.MODEL, "input": ["a short text", "another one"]}))
        stream = ["--stream", "-H", "x-sim-tokens: 100", "-H", "x-sim-gap-us: 20000", "-H", "x-sim-cuts: 1"]
        parts = {
            "whole": ["--connections", 16, "--rate", 150],
            "streams": ["--connections", 100, *stream],
            "vanishing": ["--connections", 40, *stream, "--vanish", 50],
            "new connections": ["--connections", 8, "--rate", 10, "--new-connections"],
            "embeddings": ["--connections", 4, "--rate", 20, "--body", embeddings],
            "flaky, whole": ["--connections", 8, "--rate", 20, "--model", "flaky"],
            "flaky, streams": ["--connections", 8, "--model", "flaky", *stream],
        }
        reports, over = {}, threading.Event()

        def run(name, options):
            path = "/v1/embeddings" if name == "embeddings" else "/v1/chat/completions"
            try:
                reports[name] = self.runner.load(self.hub, self.hub.port, "https", options, seconds, 0, path=path,
                                                 may_fail=name.startswith("flaky"))
            except runs.Failed as failure:
                reports[name] = failure

        threads = [threading.Thread(target=run, args=part) for part in parts.items()]
        counts = {"admin calls": 0, "reloads": 0, "slow streams": 0}
        side = [threading.Thread(target=self.administer, args=(over, counts)),
                threading.Thread(target=self.dawdle, args=(over, counts))]
        for thread in threads + side:
            thread.start()
        try:
            samples = self.watch(seconds, threads)
            for thread in threads:
                thread.join()
        finally:
            over.set()
        for thread in side:
            thread.join()
        for name, report in reports.items():
            if isinstance(report, Exception):
                self.demand(False, f"{name}: {report}")
            else:
                # A generator that gave up has not run to the end.
                self.demand(report["requests"] > 0 and report["seconds"] > seconds * 0.99,
                            f"{name}: {report['requests']} answers, {report['vanished']} vanished, {report['errors']} errors "
                            f"{report['errors_by_kind'] or ''}")
        self.demand(all(counts.values()), ", ".join(f"{count} {name}" for name, count in counts.items()))
        self.demand_nothing_open("after the load")
        self.demand_flat(samples, seconds)

    def watch(self, seconds, threads):
        """Memory and descriptors every ten seconds while the load lasts."""
        begun = time.monotonic()
        samples = []
        while True:
            time.sleep(SAMPLE_SECONDS)
            at = time.monotonic() - begun
            for server in self.running:
                if server.process.poll() is not None:
                    raise runs.Failed(f"{server.name} ended with {server.process.returncode}")
            if at > seconds or not all(thread.is_alive() for thread in threads):
                return samples
            rss, anonymous = memory_kb(self.hub.pid)
            samples.append((at, rss, anonymous))
            print(f"{at:6.0f} s  rss {rss} KiB  anonymous {anonymous} KiB  {descriptors(self.hub.pid)} descriptors", flush=True)

    def demand_flat(self, samples, seconds):
        kept = [sample for sample in samples if sample[0] > seconds / 3]
        for index, name in ((1, "rss"), (2, "anonymous")):
            values = [sample[index] for sample in kept]
            middle = statistics.median(values) if values else 0
            self.demand(bool(values) and max(values) - min(values) <= 0.02 * middle,
                        f"{name} of the last two thirds: {min(values)} to {max(values)} KiB, "
                        f"{(max(values) - min(values)) / middle * 100:.2f} %, from {values[0]} to {values[-1]}" if values
                        else f"{name}: too short to tell")

    def administer(self, over, counts):
        """What an operator and their dashboards ask, and changes that make new snapshots."""
        reads = ["/admin/v1/stats", "/admin/v1/logs?limit=50", "/admin/v1/providers", "/admin/v1/models", "/admin/v1/health",
                 "/admin/v1/apikeys", "/admin/v1/audit?limit=50", "/metrics"]
        turn = 0
        while not over.wait(2):
            turn += 1
            try:
                self.ask("GET", reads[turn % len(reads)])
                if turn % 10 == 0:
                    made = json.loads(self.ask("POST", "/admin/v1/apikeys", {"name": f"soak {turn}"}))
                    self.ask("DELETE", f"/admin/v1/apikeys/{made['id']}")
                if turn % 15 == 0:
                    os.kill(self.hub.pid, signal.SIGHUP)
                    counts["reloads"] += 1
                counts["admin calls"] += 1
            except (OSError, runs.Failed, http.client.HTTPException) as failure:
                self.demand(False, f"admin: {failure!r}")

    def dawdle(self, over, counts):
        """Four readers who take 80 KB a second of streams that come as fast as they can."""
        body = json.dumps({"model": servers.MODEL, "stream": True, "messages": [{"role": "user", "content": "talk"}]})
        key = self.hub.key_file.read_text().split()[0]
        request = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
                   "x-sim-tokens: 3000\r\nx-sim-chunk-bytes: 400\r\nContent-Type: application/json\r\n"
                   f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}").encode()
        context = ssl.create_default_context(cafile=self.certificate.certificate)

        def begin():
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
            plain.settimeout(30)
            plain.connect(("127.0.0.1", self.hub.port))
            secured = context.wrap_socket(plain, server_hostname="localhost")
            secured.sendall(request)
            return [secured, b""]

        readers = [begin() for _ in range(4)]
        while not over.wait(0.1):
            for reader in readers:
                try:
                    piece = reader[0].recv(8192)
                except OSError as failure:
                    self.demand(False, f"slow reader: {failure!r}")
                    piece = b""
                reader[1] = (reader[1] + piece)[-64:]
                if not piece:
                    if reader[1].endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"):
                        counts["slow streams"] += 1
                    else:
                        self.demand(False, f"a slow stream ended with {reader[1]}")
                    reader[0].close()
                    reader[:] = begin()
        for reader in readers:
            reader[0].close()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    servers.AHEAD = not options.mixed
    with tempfile.TemporaryDirectory(prefix="tokenhub-soak-") as folder:
        soak = Soak(options, pathlib.Path(folder))
        try:
            if not options.mixed:
                soak.integrity(50 if options.quick else options.streams, 50 if options.quick else 500)
            if options.minutes and not options.quick:
                soak.mixed(options.minutes)
        except runs.Failed as failure:
            soak.demand(False, str(failure))
        finally:
            soak.stop()
        # A sanitizer that has something to say lets the process end with an error.
        soak.demand(soak.hub.process.returncode == 0, f"tokenhub ended with {soak.hub.process.returncode}"
                    + ("" if soak.hub.process.returncode == 0 else f":\n{soak.hub.tail()}"))
    return 1 if soak.problems else 0
