"""One federation for all attacks: its log must still hold after the last of them."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import pytest

from broker.cli.documents import read_document
from broker.core.model import Link
from broker.infra.clock import SYSTEM_CLOCK
from tests.adversaries import RawParty, RogueHub
from tests.crafting import Letter
from tests.federation import EXAMPLES, Federation
from tests.kept import Kept

_KEPT: Final = Kept[Federation](Path(__file__).parent)
_LINKS: Final = WeakKeyDictionary[Federation, dict[str, Link]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None]:
    """Ends the federation after the last test of this folder, and of its fixtures."""
    yield
    _KEPT.leave_before(nextitem)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """KEN, BEL and XPO run their nodes; MEX is in hostile hands."""

    @contextmanager
    def make() -> Iterator[Federation]:
        folder = tmp_path_factory.mktemp("attacks") / "a federation"
        with Federation(folder, without_node=("MEX",)) as running:
            yield running
            assert running.verify_log() > 0

    return _KEPT.get("federation", make)


@pytest.fixture(scope="module")
def links(federation: Federation) -> dict[str, Link]:
    """Where MEX stands with those it writes to honestly."""
    return _LINKS.setdefault(federation, {})


@pytest.fixture
def letter() -> Letter:
    """A trace request that every policy lets through."""
    document = read_document(
        EXAMPLES / "trace-request.yaml",
        to=None,
        handling=None,
        case_reference=None,
        expires_in=None,
    ).document
    return Letter(
        kind=document.kind,
        body=document.body,
        handling=document.handling,
        now_ms=SYSTEM_CLOCK.now_ms(),
    )


@pytest.fixture
async def mex(
    federation: Federation, letter: Letter, links: dict[str, Link]
) -> AsyncIterator[RawParty]:
    """The malicious party, with its own valid credentials."""
    async with federation.party_bus("MEX", "mallory") as bus:
        yield RawParty(federation, "MEX", bus, letter, links)


@pytest.fixture
async def rogue(federation: Federation) -> AsyncIterator[RogueHub]:
    """The malicious hub: its account on the bus, and its signing key."""
    async with federation.hub_bus("rogue") as bus:
        yield RogueHub(federation, bus)
