"""Turns runs into tables."""
import datetime
import json
import os
import platform
import statistics
import subprocess

from servers import ROOT


class Table:
    """Every figure of a comparison, row by row and peer by peer, in the order the runs were made."""

    def __init__(self):
        self.rows = {}

    def add(self, row, peer, value, report=None):
        entry = self.rows.setdefault(row.key, {"title": row.title, "unit": row.unit, "ratio_max": row.ratio_max, "peers": {}})
        kept = entry["peers"].setdefault(peer, {"values": [], "reports": []})
        kept["values"].append(value)
        if report:
            kept["reports"].append(report)

    def add_plain(self, key, title, unit, peer, value, bound=None):
        entry = self.rows.setdefault(key, {"title": title, "unit": unit, "bound": bound, "peers": {}})
        entry["peers"].setdefault(peer, {"values": [], "reports": []})["values"].append(value)

    def median(self, key, peer):
        values = self.rows.get(key, {}).get("peers", {}).get(peer, {}).get("values")
        return statistics.median(values) if values else None

    def verdict(self, key):
        """(figure that is bounded, bound, held?) of TokenHub in a row, or None where there is nothing to judge."""
        row, ours = self.rows[key], self.median(key, "tokenhub")
        if ours is None:
            return None
        if row.get("bound") is not None:
            return ours, row["bound"], ours <= row["bound"]
        theirs = self.median(key, "nginx")
        if row.get("ratio_max") is None or not theirs:
            return None
        if key.startswith("latency-"):
            base = self.median(key, "direct") or 0
            ours, theirs = ours - base, theirs - base
        ratio = ours / theirs if theirs > 0 else float("inf")
        return ratio, row["ratio_max"], ratio <= row["ratio_max"]


def short(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cell(values):
    if not values:
        return "-"
    middle = short(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({short(min(values))}-{short(max(values))})"


def figures(table, peers):
    """The table itself, as markdown."""
    lines = ["| row | unit | " + " | ".join(peers) + " | tokenhub / nginx | bound | |",
             "|---|---|" + "---|" * (len(peers) + 3)]
    for key, row in table.rows.items():
        cells = [cell(row["peers"].get(peer, {}).get("values")) for peer in peers]
        ours, theirs, verdict = table.median(key, "tokenhub"), table.median(key, "nginx"), table.verdict(key)
        if key.startswith("latency-") and ours is not None and theirs is not None:
            base = table.median(key, "direct") or 0
            ours, theirs = ours - base, theirs - base
        ratio = f"{ours / theirs:.2f}" if ours is not None and theirs and theirs > 0 else "-"
        bound = "-" if not verdict else f"{verdict[1]:g}" + ("" if row.get("bound") is not None else " x nginx")
        mark = "" if not verdict else "held" if verdict[2] else "**MISSED**"
        lines.append(f"| {row['title']} | {row['unit']} | " + " | ".join(cells) + f" | {ratio} | {bound} | {mark} |")
    return "\n".join(lines)


def details(table, peers):
    """Rates, latencies and foreign load of the rows that the generator ran."""
    lines = ["| row | peer | rate /s | p50 ms | p99 ms | first event p50 / p99 ms | gap p50 / p99 ms | core busy % | foreign % |",
             "|---|---|---|---|---|---|---|---|---|"]
    for key, row in table.rows.items():
        if key == "latency-p99":
            continue  # The same runs as those of latency-p50.
        for peer in peers:
            reports = row["peers"].get(peer, {}).get("reports")
            if not reports:
                continue

            def middle(pick):
                return statistics.median(pick(report) for report in reports)

            def pair(name):
                if not reports[0][name]["count"]:
                    return "-"
                return " / ".join(short(middle(lambda r: r[name][q]) / 1000) for q in ("p50", "p99"))

            is_stream = reports[0]["events"] > 0
            rate = middle(lambda r: r["events_per_s" if is_stream else "rps"])
            busy = middle(lambda r: r.get("core_busy_us", 0) / r["seconds"] / 1e4)
            foreign = middle(lambda r: max(0, r.get("core_busy_us", 0) - r.get("cpu_us", 0)) / r["seconds"] / 1e4)
            latency = [short(middle(lambda r: r["latency_us"][q]) / 1000) if reports[0]["latency_us"]["count"] else "-"
                       for q in ("p50", "p99")]
            lines.append(f"| {key} | {peer} | {rate:.0f} {'events' if is_stream else 'answers'} | {latency[0]} | {latency[1]} | "
                         f"{pair('ttfe_us')} | {pair('gap_us')} | {busy:.0f} | {foreign:.0f} |")
    return "\n".join(lines)


def machine():
    """Commit, kernel, processor and peers, as one dictionary."""
    def said(*command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
                                  env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin"})
            return (done.stdout + done.stderr).strip().splitlines()[0]
        except (OSError, IndexError):
            return "unknown"
    with open("/proc/cpuinfo") as info:
        processor = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    return {"commit": said("git", "rev-parse", "--short=10", "HEAD") + ("-changed" if changed else ""),
            "date": datetime.date.today().isoformat(), "kernel": platform.release(), "processor": processor,
            "cores": os.cpu_count(), "nginx": said("nginx", "-v"), "haproxy": said("haproxy", "-v"),
            "openssl": said("openssl", "version"), "swift": said("swift", "--version"),
            "congestion_control": open("/proc/sys/net/ipv4/tcp_congestion_control").read().strip()}


def text(table, peers, facts, arguments, size, failures):
    """The whole report, as markdown."""
    lines = [f"# Comparison of {facts['date']} at {facts['commit']}", "",
             f"`Benchmarks/compare {' '.join(arguments)}`: {size.rounds} rounds in alternating order, {size.seconds:g} s each after "
             f"{size.warmup:g} s of warm-up; medians, smallest and largest in brackets.", "",
             f"{facts['processor']}, {facts['cores']} cores, Linux {facts['kernel']}, {facts['congestion_control']}; "
             f"{facts['nginx']}; {facts['haproxy']}; {facts['openssl']}; {facts['swift']}.", "",
             "Each proxy has core 0 to itself, generator and upstream share core 1; everything is on loopback, at nice -10 when started by root. All but floor write "
             "an access log to a file (nginx in blocks of 32 KB); nginx and HAProxy relay, TokenHub does its whole path; uring is TokenHub over io_uring, floor one recv and "
             "one send for each arrival and nothing else. CPU is "
             "user and system time of all threads and workers from /proc/PID/stat over the measured window.", "",
             figures(table, peers), "", "## Rates and latencies", "",
             "Core busy is all of core 0, foreign what the measured process did not use of it: interrupts, and other programs "
             "when the machine was not quiet.", "", details(table, peers)]
    if failures:
        lines += ["", "## Runs that failed", ""] + [f"- {failure}" for failure in failures]
    return "\n".join(lines) + "\n"


def write(folder, table, peers, facts, arguments, size, failures, commands):
    """Writes the report and all runs below `folder`. Returns the path of the former."""
    name = f"{facts['date']}-{facts['commit']}"
    seen, listed = set(), []
    for entry in commands:
        if entry["command"] not in seen:
            seen.add(entry["command"])
            listed.append(entry["command"])
    body = text(table, peers, facts, arguments, size, failures)
    body += "\n## Commands\n\n```\n" + "\n".join(listed) + "\n```\n"
    path = folder / f"{name}.md"
    folder.mkdir(exist_ok=True)
    path.write_text(body)
    (folder / f"{name}.json").write_text(json.dumps({"machine": facts, "rows": table.rows, "failures": failures}, indent=1) + "\n")
    return path
