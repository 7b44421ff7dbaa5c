"""What the tests share."""
import itertools
import signal

import pytest

import doors
import hub as hubs


TEST_SECONDS_MAX = 60


@pytest.fixture(autouse=True)
def deadline():
    """A test that hangs fails, and the next one runs."""
    def too_late(*_):
        raise TimeoutError(f"the test took longer than {TEST_SECONDS_MAX} s")

    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(TEST_SECONDS_MAX)
    yield
    signal.alarm(0)


@pytest.fixture(scope="session")
def hub(tmp_path_factory):
    """A hub before two simulated providers, for tests that leave them healthy."""
    running = hubs.Hub(tmp_path_factory.mktemp("hub"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(hub):
    return hub.client()


@pytest.fixture(scope="session")
def strict_sim():
    """A simulated provider that holds every wire to its rules."""
    running = hubs.Sim(strict=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def dialects(tmp_path_factory):
    """A hub whose providers speak three dialects, for tests that leave them healthy."""
    running = hubs.Hub(tmp_path_factory.mktemp("dialects"), hubs.DIALECT_PROVIDERS, hubs.DIALECT_MODELS, strict=True)
    yield running
    running.stop()


@pytest.fixture(params=["direct", *doors.MODELS])
def door(request):
    """Each way in, in turn."""
    if request.param == "direct":
        sim = request.getfixturevalue("strict_sim")
        return doors.Door(sim.port, sim.key, "any-model", True)
    hub = request.getfixturevalue("dialects")
    return doors.Door(hub.port, hub.key, request.param, False)


@pytest.fixture(params=["direct", *doors.MODELS])
def own_door(request, tmp_path):
    """The same with a hub that the test has for itself: faults count against a provider's health."""
    if request.param == "direct":
        sim = request.getfixturevalue("strict_sim")
        yield doors.Door(sim.port, sim.key, "any-model", True)
        return
    hub = hubs.Hub(tmp_path / "hub", hubs.DIALECT_PROVIDERS, hubs.DIALECT_MODELS, strict=True,
                   TOKENHUB_PROVIDER_TIMEOUT_SECS=2)
    yield doors.Door(hub.port, hub.key, request.param, False)
    hub.stop()


@pytest.fixture
def start_hub(tmp_path):
    """Starts hubs that one test has for itself: faults count against a provider's health."""
    started, numbers = [], itertools.count()

    def start(**options):
        started.append(hubs.Hub(tmp_path / f"hub{next(numbers)}", **options))
        return started[-1]

    yield start
    for each in started:
        each.stop()
