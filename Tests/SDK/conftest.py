"""What the tests share."""
import itertools

import pytest

import hub as hubs


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
