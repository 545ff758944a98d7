"""Federations to test with."""

from pathlib import Path

import pytest

from keys.directory.client import DirectoryClient
from tests.unit.keys.directory.federation import Federation, Hub


@pytest.fixture
def federation(tmp_path: Path) -> Federation:
    """A federation of one steward."""
    return Federation(tmp_path)


@pytest.fixture(params=[(1, 1), (5, 3)], ids=["1-of-1", "3-of-5"])
def any_federation(tmp_path: Path, request: pytest.FixtureRequest) -> Federation:
    """A federation of one steward, then one where three of five must agree."""
    count, threshold = request.param
    return Federation(tmp_path, count, threshold)


@pytest.fixture
def hub(federation: Federation) -> Hub:
    """What serves that federation."""
    return Hub(federation)


@pytest.fixture
def client(federation: Federation, hub: Hub) -> DirectoryClient:
    """A client of that hub, which has fetched nothing yet."""
    return federation.client(fetch=hub.fetch)
