"""Holds TokenHub to two promises under load: no byte of a stream is lost, doubled or moved, and nothing leaks.

Integrity: many concurrent streams with TLS on both sides, a tenth of the clients vanishing at random; the hash of every body
must be that of a direct run. Soak: a mixture of whole answers, streams, new connections, vanishing clients and failing
providers, round after round; memory over the last two thirds must stay within 2 %, descriptors must not grow.
"""
import argparse
import pathlib
import signal
import statistics
import sys
import tempfile
import time

import runs
import servers


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds: 50 streams, no soak")
    parser.add_argument("--streams", type=int, default=2000, help="concurrent streams of 500 events")
    parser.add_argument("--minutes", type=float, default=30, help="of mixed load; 0 for none")
    parser.add_argument("--binary", default=".build/release/tokenhub", type=pathlib.Path)
    parser.add_argument("--generator", default=".build/release/load", type=pathlib.Path)
    return parser.parse_args()


def descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def proportional_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))


class Soak:
    def __init__(self, options, folder):
        self.options = options
        self.problems = []
        root = servers.ROOT
        certificate = servers.Certificate(folder / "tls")
        self.running = []
        try:
            self.upstream = self.keep(servers.Upstream(folder / "upstream", (root / options.binary).resolve()))
            self.tls_upstream = self.keep(servers.TLSUpstream(folder / "tls-upstream", self.upstream.port, certificate))
            self.hub = self.keep(servers.TokenHub(folder / "tokenhub", self.tls_upstream.port, certificate,
                                                  (root / options.binary).resolve(), upstream_is_tls=True, secure=True))
            self.direct = servers.Direct(self.upstream, self.tls_upstream)
            self.runner = runs.Runner((root / options.generator).resolve(), folder)
        except BaseException:
            self.stop()
            raise

    def keep(self, server):
        self.running.append(server)
        return server

    def stop(self):
        for server in reversed(self.running):
            server.stop()

    def demand(self, holds, text):
        print(("ok       " if holds else "PROBLEM  ") + text, flush=True)
        if not holds:
            self.problems.append(text)

    def integrity(self, streams, events):
        """Hashes of all streams against that of a direct one, twice, so that what leaks shows as growth."""
        # With usage asked for by the client nothing is taken out of the stream. The gap changes no byte of it.
        alike = ["--stream", "--usage", "--hash", "-H", "x-sim-seed: 7", "-H", f"x-sim-tokens: {events}"]
        direct = self.runner.load(self.direct, self.upstream.port, "http", [*alike, "--connections", 1, "--requests", 1], 60, 0)
        expected = next(iter(direct["hashes"]))
        after = []
        for attempt in (1, 2):
            report = self.runner.load(
                self.hub, self.hub.port, "https",
                # About 17,000 events a second in all, which two cores can do: what is tested is order, not overload.
                [*alike, "-H", f"x-sim-gap-us: {max(2000, streams * 60)}", "--expect-hash", expected, "--connections", streams, "--ramp", streams / 100, "--vanish", 10,
                 "--seed", attempt, "--requests", streams, "--timeout", 200], 240, 0)
            self.demand(report["requests"] + report["vanished"] == streams and not report["hashes_beyond"]
                        and list(report["hashes"]) == [expected],
                        f"run {attempt}: {report['requests']} streams of {events} events as sent, {report['vanished']} vanished")
            after.append(self.settled_descriptors())
        self.demand(after[1] <= after[0] + 8, f"descriptors after each run: {after[0]}, {after[1]}")

    def settled_descriptors(self):
        """Open descriptors once their number stops falling."""
        count = descriptors(self.hub.pid)
        for _ in range(50):
            time.sleep(0.1)
            now = descriptors(self.hub.pid)
            if now == count:
                break
            count = now
        return count

    def soak(self, minutes):
        """Mixed load; every part of the mixture is a short run, so that the process breathes between them."""
        parts = [
            ["--connections", 64],
            ["--connections", 16, "--new-connections"],
            ["--connections", 200, "--stream", "-H", "x-sim-tokens: 100", "-H", "x-sim-gap-us: 5000"],
            ["--connections", 200, "--stream", "--vanish", 50, "-H", "x-sim-tokens: 100", "-H", "x-sim-gap-us: 2000"],
        ]
        end = time.monotonic() + minutes * 60
        begun = time.monotonic()
        samples = []
        while time.monotonic() < end:
            for options in parts:
                self.runner.load(self.hub, self.hub.port, "https", options, 4, 0)
            samples.append((time.monotonic() - begun, proportional_kb(self.hub.pid), self.settled_descriptors()))
            print(f"{samples[-1][0]:6.0f} s  {samples[-1][1]} KiB  {samples[-1][2]} descriptors", flush=True)
        kept = [sample for sample in samples if sample[0] > minutes * 60 / 3] or samples
        memory = [sample[1] for sample in kept]
        middle = statistics.median(memory)
        self.demand(max(memory) - min(memory) <= 0.02 * middle,
                    f"memory of the last two thirds: {min(memory)} to {max(memory)} KiB")
        self.demand(kept[-1][2] <= kept[0][2] + 8, f"descriptors: {kept[0][2]} at first, {kept[-1][2]} at last")


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="tokenhub-soak-") as folder:
        soak = Soak(options, pathlib.Path(folder))
        try:
            soak.integrity(50 if options.quick else options.streams, 50 if options.quick else 500)
            if options.minutes and not options.quick:
                soak.soak(options.minutes)
        except runs.Failed as failure:
            soak.demand(False, str(failure))
        finally:
            soak.stop()
    return 1 if soak.problems else 0
