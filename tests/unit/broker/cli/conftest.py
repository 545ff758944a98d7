"""The command line, called in this process, and a federation for it to speak to."""

import json
from collections.abc import Callable, Generator, Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from broker.cli.main import main
from broker.cli.options import HUB_VARIABLE, NODE_VARIABLE
from broker.infra.clock import SystemClock
from keys.keystore import UNSAFE_THROWAWAY_COST, KdfCost
from tests.federation import Federation, silence_services
from tests.kept import Kept
from tests.unit.broker.cli.ceremony_world import Ceremonies


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left behind: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """The one JSON document on standard output."""
        return json.loads(self.out)


Cli = Callable[..., Ended]

_OPEN_POLICY: Final = """
party: {party}
export:
  - {{id: share, permit: every-kind, to: everyone, items: every-item,
     up-to: "TLP:AMBER+STRICT H1 H2"}}
{exports}
import:
  - {{id: take, permit: every-kind, from: everyone, items: every-item,
     up-to: "TLP:RED H1 H2", route: [police, customs]}}
"""
_MEXICO_NAMES_NOBODY: Final = """
  - {id: nobody, permit: [diversion-alert], to: everyone, items: every-item,
     up-to: "TLP:GREEN", fields: {personal: drop, free-text: keep}}
"""
_KENYA_LOOKS_FIRST: Final = """
  - {id: look-first, permit: [diversion-alert], from: everyone, items: every-item,
     up-to: "TLP:AMBER", quarantine: true}
"""
_KEPT: Final = Kept[Federation](Path(__file__).parent)
_THERE: Final = ContextVar[Ceremonies | None]("_THERE", default=None)
"""The ceremonies whose time the present test lives in."""
_STANDS: Final = ContextVar[int | None]("_STANDS", default=None)
"""The time at which the clock of the present test stands, in ms since the epoch."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None]:
    """Ends the federations after the last test of this folder, and of its fixtures."""
    yield
    _KEPT.leave_before(nextitem)


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """Four parties with running nodes, in a folder with a space in its name."""

    def make() -> Federation:
        return Federation(tmp_path_factory.mktemp("cli") / "a federation")

    return _KEPT.get("federation", make)


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """Three parties that share nearly everything.

    Kenya looks at alerts first; Mexico leaves persons out of its own.
    """
    return _KEPT.get("partners", lambda: _partners(tmp_path_factory))


def _partners(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    folder = tmp_path_factory.mktemp("partners")
    for party, exports, imports in (
        ("bel", "", ""),
        ("ken", "", _KENYA_LOOKS_FIRST),
        ("mex", _MEXICO_NAMES_NOBODY, ""),
    ):
        text = _OPEN_POLICY.format(party=party.upper(), exports=exports) + imports
        (folder / f"{party}.yaml").write_text(text, encoding="utf-8")
    parties = ("BEL", "KEN", "MEX")
    return Federation(folder / "a federation", parties, policies=folder)


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cli]:
    """Calls the command line as a shell would, with nothing in the environment."""
    monkeypatch.delenv(NODE_VARIABLE, raising=False)
    monkeypatch.delenv(HUB_VARIABLE, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        code = end.value.code
        return Ended(code=code if isinstance(code, int) else 0, out=out, err=err)

    yield call
    # Commands set up logging to a standard error that ends with the test.
    silence_services()


@pytest.fixture
def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], object]]:
    """Has the clock stand at a time, for the present test alone.

    The federation of other tests goes on meanwhile, on a thread that begins with a
    context of its own: its time must not jump.
    """
    present = SystemClock.now_ms

    def now_ms(clock: SystemClock) -> int:
        stands = _STANDS.get()
        return present(clock) if stands is None else stands

    entered = _STANDS.set(None)
    monkeypatch.setattr(SystemClock, "now_ms", now_ms)
    yield _STANDS.set
    _STANDS.reset(entered)


@pytest.fixture
def fresh(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ceremonies]:
    """A folder, in the year 2100, with keystores that are cheap to open."""
    world = Ceremonies(cli, tmp_path)
    present = SystemClock.now_ms

    def now_ms(clock: SystemClock) -> int:
        # The federation of other tests goes on meanwhile, on a thread that begins
        # with a context of its own: its time must not jump.
        there = _THERE.get()
        return present(clock) if there is None else there.now_ms

    entered = _THERE.set(world)
    monkeypatch.setattr(SystemClock, "now_ms", now_ms)
    cheap = asdict(UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr(KdfCost.__init__, "__kwdefaults__", cheap)
    yield world
    _THERE.reset(entered)


@pytest.fixture
def world(fresh: Ceremonies) -> Ceremonies:
    """A federation of three stewards, of whom two decide."""
    fresh.found("a", "b", "c")
    return fresh
