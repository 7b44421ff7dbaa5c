"""The programs of a comparison: each is started on a free loopback port, pinned to a core, and ended by its own pid."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROXY_CORE, LOAD_CORE = 0, 1
MODEL = "sim"
# Whether measured processes run ahead of whatever else wants their core.
AHEAD = True


def free_port():
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core, command):
    """`command` on one core, where there are two to tell apart."""
    front = ["taskset", "-c", str(core)] if os.cpu_count() >= 2 else []
    return front + [str(part) for part in command]


def put_ahead(pid):
    """Lets a process that leads its session run ahead of whatever else wants its core, where that is allowed."""
    if not AHEAD:
        return
    try:
        os.setpriority(os.PRIO_PROCESS, pid, -10)
        # With autogroups a priority counts within a session only; this is the session's own.
        pathlib.Path(f"/proc/{pid}/autogroup").write_text("-10")
    except OSError:
        pass


def tool(name):
    """A program of Debian's, also from the folders that only root has on its path."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise SystemExit(f"{name} is missing: scripts/deps test installs it")
    return found


class Server:
    """One running program. `folder` is its own and goes with the comparison's temporary directory."""

    name = "server"
    core = PROXY_CORE
    counts_children = False

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None

    def launch(self, command, environment=None, ready_port=None):
        """Starts `command` and waits until `ready_port` takes connections."""
        self.command = pinned(self.core, command)
        log = open(self.folder / "log", "ab")
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
            env={**os.environ, **(environment or {})}, start_new_session=True)
        log.close()
        put_ahead(self.process.pid)
        if ready_port:
            self.wait_for(ready_port)
        return self

    def wait_for(self, port, seconds=15):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended at once:\n{self.tail()}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.001)
        raise SystemExit(f"{self.name} did not listen on {port} within {seconds} s:\n{self.tail()}")

    def tail(self):
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    @property
    def pid(self):
        return self.process.pid

    def behind(self, port):
        """The process that listens on the port of this name."""
        return self

    @property
    def key_file(self):
        """What the client sends as its key: for those who do not look, just as long."""
        path = self.folder / "key"
        if not path.exists():
            path.write_text("tokenhub_" + "0" * 64 + "\n")
        return path

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            # Its own session holds nothing but itself and its workers.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Certificate:
    """A self-signed certificate for localhost, for both ends of the comparison."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key, self.both = folder / "cert.pem", folder / "key.pem", folder / "both.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", self.key, "-out", self.certificate, "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        self.both.write_text(self.certificate.read_text() + self.key.read_text())


class Upstream(Server):
    """The simulated provider that everybody stands before, on the load generator's core."""

    name = "upstream"
    core = LOAD_CORE

    def __init__(self, folder, binary, certificate=None, chances=()):
        super().__init__(folder)
        self.port = free_port()
        more = ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] if certificate else []
        for chance in chances:
            more += ["--chance", chance]
        self.launch([binary, "sim", "--listen", f"127.0.0.1:{self.port}", *more], ready_port=self.port)


class GivenUpstream:
    """An upstream that somebody else runs."""

    def __init__(self, port):
        self.port = port

    def stop(self):
        pass


class Direct:
    """No proxy at all: the control run."""

    name = "direct"

    def __init__(self, upstream, tls_upstream):
        self.ports = {"json": upstream.port, "stream": upstream.port, "tls": tls_upstream.port}
        self.key_file = tls_upstream.key_file

    def behind(self, port):
        return self

    def stop(self):
        pass


class Nginx(Server):
    """nginx with one worker: buffered for whole answers, `proxy_buffering off` for streams, access log written in blocks."""

    name = "nginx"
    counts_children = True

    def __init__(self, folder, upstream_port, certificate, upstream_is_tls=False, core=PROXY_CORE, streams_only=False):
        super().__init__(folder)
        self.core = core
        self.ports = {name: free_port() for name in ("json", "stream", "tls")}
        scheme = "https" if upstream_is_tls else "http"
        trust = f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {certificate.certificate}; proxy_ssl_name localhost; " \
                "proxy_ssl_session_reuse on;" if upstream_is_tls else ""
        relay = f"proxy_pass {scheme}://upstream; proxy_http_version 1.1; proxy_set_header Connection \"\"; " \
                f"proxy_read_timeout 3600s; {trust}"
        keys = f"ssl_certificate {certificate.certificate}; ssl_certificate_key {certificate.key}; " \
               "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:10m;"
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        off = "proxy_buffering off;"
        # The TLS port relays streams in the memory row and whole answers elsewhere.
        tls_buffering = off if streams_only else ""
        (self.folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log; {user}
worker_rlimit_nofile 20000;
events {{ worker_connections 9000; }}
http {{
    {temporary}
    access_log {self.folder}/access.log combined buffer=32k flush=1s;
    keepalive_requests 100000000;
    upstream upstream {{ server 127.0.0.1:{upstream_port}; keepalive 1024; keepalive_requests 100000000; }}
    server {{ listen 127.0.0.1:{self.ports['json']} backlog=4096; location / {{ {relay} }} }}
    server {{ listen 127.0.0.1:{self.ports['stream']} backlog=4096; location / {{ {relay} {off} }} }}
    server {{ listen 127.0.0.1:{self.ports['tls']} ssl backlog=4096; {keys} location / {{ {relay} {tls_buffering} }} }}
}}
""")
        self.launch([tool("nginx"), "-c", self.folder / "nginx.conf", "-p", self.folder], ready_port=self.ports["json"])

    @property
    def port(self):
        return self.ports["stream"]


class TLSUpstream(Nginx):
    """TLS in front of the simulated provider, on the load generator's core: nobody's cost but the upstream's."""

    name = "tls upstream"

    def __init__(self, folder, upstream_port, certificate):
        super().__init__(folder, upstream_port, certificate, core=LOAD_CORE, streams_only=True)

    @property
    def port(self):
        return self.ports["tls"]


class HAProxy(Server):
    """HAProxy with one thread and `http-no-delay`, without which it gathers events; its log goes to a file by stdout."""

    name = "haproxy"

    def __init__(self, folder, upstream_port, certificate, upstream_is_tls=False, streams_only=False):
        super().__init__(folder)
        plain, tls = free_port(), free_port()
        self.ports = {"json": plain, "stream": plain, "tls": tls}
        trust = f"ssl verify required ca-file {certificate.certificate} sni str(localhost) verifyhost localhost" \
            if upstream_is_tls else ""
        (self.folder / "haproxy.cfg").write_text(f"""
global
    maxconn 9000
    nbthread 1
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    option http-no-delay
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    http-reuse always
frontend clients
    bind 127.0.0.1:{plain} backlog 4096
    bind 127.0.0.1:{tls} backlog 4096 ssl crt {certificate.both}
    default_backend providers
backend providers
    server upstream 127.0.0.1:{upstream_port} {trust}
""")
        self.launch([tool("haproxy"), "-db", "-f", self.folder / "haproxy.cfg"], ready_port=plain)


class TokenHub(Server):
    """The gateway with its whole path on: key, limits, routing, access log, request rows, metrics.

    Its provider is of type `sim`: the OpenAI dialect, which also lets through the `x-sim-*` headers that size the answers.
    """

    name = "tokenhub"

    def __init__(self, folder, upstream_port, certificate, binary, upstream_is_tls=False, secure=False, reactor="epoll",
                 flaky_port=None):
        super().__init__(folder)
        self.binary = binary
        self.port = free_port()
        scheme, host = ("https", "localhost") if upstream_is_tls else ("http", "127.0.0.1")
        credentials = self.folder / "credentials"
        places = [("upstream", MODEL, f"{scheme}://{host}:{upstream_port}", 5)]
        if flaky_port:
            places.append(("flaky", "flaky", f"http://127.0.0.1:{flaky_port}", 1))
        credentials.write_text(json.dumps({
            "providers": [{"id": name, "type": "sim", "base_url": url, "api_key": "sim", "enabled": True}
                          for name, _, url, _ in places],
            "models": [{"id": model, "provider_id": name, "weight": weight, "max_context_tokens": 128000,
                        "input_per_1k": 0.00015, "output_per_1k": 0.0006, "enabled": True}
                       for name, model, _, weight in places]}))
        credentials.chmod(0o600)
        self.environment = {
            "TOKENHUB_LISTEN_ADDR": f"127.0.0.1:{self.port}",
            "TOKENHUB_CA_FILE": str(certificate.certificate),
            "TOKENHUB_DB_DSN": f"file:{self.folder}/tokenhub.sqlite",
            "TOKENHUB_CREDENTIALS_FILE": str(credentials),
            "TOKENHUB_RATE_LIMIT_RPS": "1000000",
            "TOKENHUB_RATE_LIMIT_BURST": "1000000",
            "TOKENHUB_PROVIDER_TIMEOUT_SECS": "3600",
            "TOKENHUB_HEALTH_PROBE_DISABLED": "true",
            "TOKENHUB_CORES": "1",
            "TOKENHUB_REACTOR": reactor,
        }
        if secure:
            self.environment |= {"TOKENHUB_TLS_CERT": str(certificate.certificate), "TOKENHUB_TLS_KEY": str(certificate.key)}
        self.begin()

    def begin(self):
        self.launch([self.binary, "serve"], self.environment, ready_port=self.port)

    @property
    def key_file(self):
        path = self.folder / ".host-api-key"
        deadline = time.monotonic() + 10
        while not path.exists():
            if time.monotonic() > deadline:
                raise SystemExit(f"tokenhub wrote no {path.name}:\n{self.tail()}")
            time.sleep(0.01)
        return path


class Floor(Server):
    """One recv and one send for what arrives, either way: what the kernel alone takes of a relay. Plain connections only."""

    name = "floor"

    def __init__(self, folder, upstream_port, binary):
        super().__init__(folder)
        port = free_port()
        self.ports = {"json": port, "stream": port}
        self.launch([binary, port, upstream_port], ready_port=port)


class TokenHubs:
    """One TokenHub with TLS and one without, for a listener of it is either."""

    def __init__(self, folder, *rest, name="tokenhub", **more):
        self.name = name
        self.plain = TokenHub(folder / "plain", *rest, **more)
        self.secure = TokenHub(folder / "secure", *rest, secure=True, **more)
        self.ports = {"json": self.plain.port, "stream": self.plain.port, "tls": self.secure.port}

    def behind(self, port):
        return self.secure if port == "tls" else self.plain

    def stop(self):
        self.plain.stop()
        self.secure.stop()
