"""What has been exported: in an order that never lies, and durable."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from adapters.errors import SystemAwayError
from adapters.stix.ledger import BLOCK_US, Export, Ledger
from broker.core.handling import Handling
from keys.framing import sha256


def export(number: int, keep_until_ms: int | None = None) -> Export:
    return Export(
        digest=sha256(bytes([number])),
        kind="stock-loss/1",
        handling=Handling.parse("TLP:AMBER+STRICT H1 H2 PAP:RED"),
        created_ms=1000 + number,
        keep_until_ms=keep_until_ms,
        ids=(f"report--{number}",),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def test_what_was_noted_is_there_after_a_restart(
    ledger: Ledger, tmp_path: Path
) -> None:
    added = ledger.add(export(1), 5000)
    assert (added.digest, added.ids, added.handling) == (
        export(1).digest,
        export(1).ids,
        export(1).handling,
    )
    assert Ledger(tmp_path / "ledger").all() == [added]


def test_an_export_is_noted_once(ledger: Ledger) -> None:
    assert ledger.add(export(1), 5000) == ledger.add(export(1), 9000)


def test_a_revocation_comes_after_everything_and_happens_once(ledger: Ledger) -> None:
    ledger.add(export(1), 5000)
    ledger.add(export(2), 5000)
    assert ledger.revoke(export(1).digest, 6000, b"", 5000)
    assert [one.digest for one in ledger.all()] == [export(2).digest, export(1).digest]
    before = ledger.all()
    assert not ledger.revoke(export(1).digest, 7000, b"other", 9000)
    assert ledger.all() == before


def test_nothing_is_taken_back_that_was_never_given(ledger: Ledger) -> None:
    assert not ledger.revoke(export(1).digest, 6000, b"", 5000)


def test_what_has_to_be_gone_is_found_when_it_is_time(ledger: Ledger) -> None:
    ledger.add(export(1, keep_until_ms=6000), 5000)
    ledger.add(export(2), 5000)
    assert ledger.over(5999) == []
    assert [one.digest for one in ledger.over(6000)] == [export(1).digest]


@given(st.lists(st.integers(0, 2_000_000_000_000), min_size=2, max_size=12))
@settings(max_examples=8, deadline=None)
def test_times_of_adding_go_up_whatever_the_clock_does(
    tmp_path_factory: pytest.TempPathFactory, clock: list[int]
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger")
    times = [
        ledger.add(export(number), now_ms).added_us
        for number, now_ms in enumerate(clock)
    ]
    assert all(b - a >= BLOCK_US for a, b in itertools.pairwise(times))


def test_a_ledger_that_cannot_be_used_is_away_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = Ledger(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SystemAwayError, match="ledger"):
        ledger.add(export(1), 5000)


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger")
    assert (tmp_path / "ledger").stat().st_mode & 0o077 == 0
