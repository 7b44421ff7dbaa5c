"""What is measured: each row says how the load is made, which figure counts, and what TokenHub promises of it."""
import dataclasses


@dataclasses.dataclass
class Row:
    """One row of the comparison.

    `port` names the listener of a peer. `figure` picks the number out of the generator's report. `ratio_max` bounds
    TokenHub's median as a fraction of nginx's.
    """
    key: str
    title: str
    unit: str
    port: str
    options: list
    figure: str
    ratio_max: float = None
    direct: bool = False

    def value(self, report):
        found = report
        for name in self.figure.split("."):
            found = found[name]
        return found


def load_rows(size):
    """The rows that put load on a proxy. `size` scales them: see `Size`."""
    stream = ["--stream", "-H", f"x-sim-tokens: {size.burst_tokens}", "-H", "x-sim-chunk-bytes: 16"]
    paced = ["--stream", "-H", f"x-sim-tokens: {size.paced_tokens}", "-H", "x-sim-gap-us: 20000",
             "-H", "x-sim-chunk-bytes: 16", "--ramp", str(size.ramp_seconds)]
    return [
        Row("json", f"small chat round trip, {size.connections} connections", "CPU us/request", "json",
            ["--connections", size.connections], "cpu_us_per_request", 0.60, direct=True),
        Row("json-tls", "the same with TLS to the client", "CPU us/request", "tls",
            ["--connections", size.connections], "cpu_us_per_request", 0.60, direct=True),
        Row("tls-new", "a new TLS connection for every request", "CPU us/request", "tls",
            ["--connections", min(16, size.connections), "--new-connections"], "cpu_us_per_request"),
        Row("sse-burst", f"SSE burst: {size.connections} streams, {size.burst_tokens} events, no gap", "CPU us/event",
            "stream", ["--connections", size.connections, *stream], "cpu_us_per_event", 0.40, direct=True),
        Row("sse-paced", f"SSE paced: {size.paced_streams} streams, an event each 20 ms", "CPU us/event", "stream",
            ["--connections", size.paced_streams, *paced], "cpu_us_per_event", 0.75, direct=True),
    ]


def rate_rows(rate, size):
    """The open loop at `rate` requests a second; latencies are compared after the direct run's is taken off."""
    options = ["--connections", size.connections * 2, "--rate", f"{rate:.0f}"]
    return [Row(f"latency-{name}", f"added latency {name} at {rate:.0f} requests/s, half of nginx's maximum", "us", "json",
                options, f"latency_us.{name}", 1.0, direct=True) for name in ("p50", "p99")]


@dataclasses.dataclass
class Size:
    """How large a comparison is."""
    rounds: int = 5
    seconds: float = 4.0
    warmup: float = 1.0
    connections: int = 64
    burst_tokens: int = 200
    paced_streams: int = 500
    paced_tokens: int = 400
    ramp_seconds: float = 2.0
    memory_streams: tuple = (1000, 2000)
    starts: int = 5


QUICK = Size(rounds=1, seconds=0.3, warmup=0.1, connections=8, burst_tokens=20, paced_streams=20, paced_tokens=10,
             ramp_seconds=0.1, memory_streams=(20, 40), starts=1)
