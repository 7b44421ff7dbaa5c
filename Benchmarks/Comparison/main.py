"""The comparison: upstream and generator on core 1, one proxy after the other on core 0, in alternating runs."""
import argparse
import dataclasses
import pathlib
import signal
import sys
import tempfile

import report
import rows
import runs
import servers


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/compare", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds in all: shows that everything works, measures nothing")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="measured seconds of a run")
    parser.add_argument("--rows", help="only these rows, by key and comma: json, json-tls, tls-new, sse-burst, sse-paced, latency, memory, start")
    parser.add_argument("--peers", default="tokenhub,uring,nginx,haproxy,floor",
                        help="only these, by comma: uring is TokenHub over io_uring, floor a bare recv and send")
    parser.add_argument("--binary", default=".build/release/tokenhub", type=pathlib.Path)
    parser.add_argument("--generator", default=".build/release/load", type=pathlib.Path)
    parser.add_argument("--upstream-port", type=int, help="use the upstream on this loopback port instead of the simulated provider")
    parser.add_argument("--results", type=pathlib.Path, help="folder for the report (Benchmarks/Results; none with --quick)")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bound is missed")
    return parser.parse_args()


class Comparison:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.size = dataclasses.replace(rows.QUICK if options.quick else rows.Size())
        self.size.rounds = options.rounds or self.size.rounds
        self.size.seconds = options.seconds or self.size.seconds
        self.wanted = options.rows.split(",") if options.rows else None
        self.names = options.peers.split(",")
        self.binary = (servers.ROOT / options.binary).resolve()
        self.table = report.Table()
        self.failures = []
        self.running = []
        self.count = 0

    def wants(self, key):
        return self.wanted is None or key in self.wanted

    def keep(self, server):
        self.running.append(server)
        return server

    def stop(self):
        for server in reversed(self.running):
            server.stop()
        self.running.clear()

    def start(self):
        self.certificate = servers.Certificate(self.folder / "tls")
        self.upstream = self.keep(
            servers.GivenUpstream(self.options.upstream_port) if self.options.upstream_port
            else servers.Upstream(self.folder / "upstream", self.binary))
        self.tls_upstream = self.keep(
            servers.TLSUpstream(self.folder / "tls-upstream", self.upstream.port, self.certificate))
        self.peers = {name: self.make(name) for name in self.names}
        self.direct = servers.Direct(self.upstream, self.tls_upstream)
        generator = (servers.ROOT / self.options.generator).resolve()
        self.runner = runs.Runner(generator, self.folder)

    def make(self, name, upstream_is_tls=False, streams_only=False):
        """A fresh instance of one peer."""
        self.count += 1
        folder = self.folder / f"{name}-{self.count}"
        port = self.tls_upstream.port if upstream_is_tls else self.upstream.port
        more = {"upstream_is_tls": upstream_is_tls, "streams_only": streams_only}
        if name == "nginx":
            return self.keep(servers.Nginx(folder, port, self.certificate, **more))
        if name == "haproxy":
            return self.keep(servers.HAProxy(folder, port, self.certificate, **more))
        if name in ("tokenhub", "uring"):
            return self.keep(servers.TokenHubs(
                folder, port, self.certificate, self.binary, name=name, upstream_is_tls=upstream_is_tls,
                reactor="uring" if name == "uring" else "epoll"))
        if name == "floor":
            return self.keep(servers.Floor(folder, port, self.binary.with_name("floor")))
        raise SystemExit(f"no peer is called {name}")

    def attempt(self, what, action):
        """Runs `action`; a failed run is kept for the report and its figures are not."""
        try:
            return action()
        except (runs.Failed, OSError, StopIteration) as failure:
            self.failures.append(f"{what}: {failure}")
            print(f"  failed: {self.failures[-1]}", file=sys.stderr)
            return None

    def alternate(self, row_group):
        """All rounds of rows that one run of the generator fills together."""
        row = row_group[0]
        print(f"{row.title}", file=sys.stderr)
        everyone = [peer for peer in self.peers.values() if row.port in peer.ports] + ([self.direct] if row.direct else [])
        for turn in range(self.size.rounds):
            # Another one goes first each time, so that a drift of the machine meets all.
            shift = turn % len(everyone)
            for peer in everyone[shift:] + everyone[:shift]:
                scheme = "https" if row.port == "tls" else "http"
                found = self.attempt(f"{row.key}, round {turn + 1}", lambda: self.runner.load(
                    peer.behind(row.port), peer.ports[row.port], scheme, row.options, self.size.seconds, self.size.warmup))
                if not found:
                    continue
                for each in row_group:
                    value = found["rps"] if peer is self.direct and "cpu" in each.figure else each.value(found)
                    if peer is self.direct and "cpu" in each.figure:
                        # The control run has no process to charge: its rate is in the details.
                        self.table.rows.setdefault(each.key, {"title": each.title, "unit": each.unit, "ratio_max": each.ratio_max,
                                                              "peers": {}})["peers"].setdefault(
                            "direct", {"values": [], "reports": []})["reports"].append(found)
                    elif value is not None:
                        self.table.add(each, peer.name, value, found)

    def latency(self):
        base = self.maximum("nginx") or self.maximum("tokenhub")
        if base is None:
            # The row that tells the maximum was not asked for.
            peer = self.peers.get("nginx") or next(iter(self.peers.values()))
            found = self.attempt("maximum rate", lambda: self.runner.load(
                peer.behind("json"), peer.ports["json"], "http", ["--connections", self.size.connections], self.size.seconds, self.size.warmup))
            base = found["rps"] if found else None
        if base:
            self.alternate(rows.rate_rows(base / 2, self.size))

    def maximum(self, peer):
        reports = self.table.rows.get("json", {}).get("peers", {}).get(peer, {}).get("reports")
        return sorted(found["rps"] for found in reports)[len(reports) // 2] if reports else None

    def memory(self):
        print("memory per open stream", file=sys.stderr)
        low, high = self.size.memory_streams
        for kind, is_tls, bound in (("plain", False, 2048), ("TLS on both sides", True, 40960)):
            for name in self.names:
                if name == "floor":
                    continue  # It has no connections without streams to compare with, and no TLS.
                for streams in (low, high):
                    peer = self.make(name, upstream_is_tls=is_tls, streams_only=True)
                    listener, scheme = ("tls", "https") if is_tls else ("stream", "http")
                    used = self.attempt(f"memory, {kind}, {streams} streams", lambda: runs.memory_per_stream(
                        self.runner, peer.behind(listener), peer.ports[listener], scheme, streams,
                        1 if self.options.quick else 4, self.size))
                    peer.stop()
                    if used is not None:
                        self.table.add_plain(f"memory-{'tls' if is_tls else 'plain'}-{streams}",
                                             f"memory per open stream, {kind}, {streams} streams", "bytes", name, used, bound)

    def starts(self):
        if "tokenhub" not in self.peers:
            return
        print("start", file=sys.stderr)
        peer = self.make("tokenhub").plain
        key = peer.key_file.read_text().split()[0]
        for _ in range(self.size.starts):
            found = self.attempt("start", lambda: runs.start_to_first_answer(peer, key))
            if found:
                self.table.add_plain("start", "start to first answer", "ms", "tokenhub", found[0], 100)
                self.table.add_plain("rss", "resident at start", "MB", "tokenhub", found[1] / 1000, 15)
        peer.stop()
        size = self.attempt("stripped size", lambda: runs.stripped_mb(self.binary, self.folder))
        if size:
            self.table.add_plain("size", "stripped binary", "MB", "tokenhub", size, 15)

    def run(self):
        self.start()
        for row in rows.load_rows(self.size):
            if self.wants(row.key):
                self.alternate([row])
        if self.wants("latency"):
            self.latency()
        if self.wants("memory"):
            self.memory()
        if self.wants("start"):
            self.starts()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="tokenhub-compare-") as folder:
        comparison = Comparison(options, pathlib.Path(folder))
        try:
            comparison.run()
        finally:
            comparison.stop()
    peers = [*comparison.names, "direct"]
    facts = report.machine()
    print(report.text(comparison.table, peers, facts, sys.argv[1:], comparison.size, comparison.failures))
    results = options.results or (None if options.quick else servers.ROOT / "Benchmarks" / "Results")
    if results:
        print("written to", report.write(results, comparison.table, peers, facts, sys.argv[1:], comparison.size,
                                         comparison.failures, comparison.runner.commands))
    missed = [key for key in comparison.table.rows if (comparison.table.verdict(key) or (0, 0, True))[2] is False]
    if comparison.failures or not comparison.table.rows:
        return 1
    return 1 if options.strict and missed else 0
