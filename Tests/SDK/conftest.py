"""What the tests share."""
import itertools
import signal

import pytest

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
