"""A statement about a snapshot has one encoding, which is no receipt's leaf."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import leaf_data, snapshot_entry
from broker.core.audit.merkle import inclusion_path, leaf_hash, tree_root
from broker.core.audit.snapshot import (
    SNAPSHOT_LABEL,
    LoggedSnapshot,
    SnapshotStatement,
    prove_snapshot,
)
from broker.core.errors import ProofError
from keys.directory.roles import instant
from keys.framing import frame, sha256

LAST_MS = 253_402_300_799_999  # of the year 9999
NUMBERS = st.integers(0, LAST_MS)
ORIGINS = st.from_regex(r"[a-zé/.0-9-]{1,40}", fullmatch=True)
statements = st.builds(
    SnapshotStatement,
    origin=ORIGINS,
    version=st.integers(1, 2**63 - 1),
    digest=st.binary(min_size=32, max_size=32),
    signed_at_ms=NUMBERS,
)
ONE = SnapshotStatement(
    origin="log.example/x", version=7, digest=sha256(b"snapshot"), signed_at_ms=1000
)


@given(statements)
def test_a_statement_is_read_as_it_was_written(statement: SnapshotStatement) -> None:
    assert SnapshotStatement.from_bytes(statement.to_bytes()) == statement


@given(statements, statements)
def test_two_statements_are_written_alike_only_when_they_are_the_same(
    first: SnapshotStatement, second: SnapshotStatement
) -> None:
    assert (first.to_bytes() == second.to_bytes()) == (first == second)


@given(st.binary(max_size=200))
def test_whatever_is_read_was_written_so(data: bytes) -> None:
    try:
        statement = SnapshotStatement.from_bytes(data)
    except ProofError:
        return
    assert statement.to_bytes() == data


@given(statements, st.data())
def test_no_other_bytes_say_the_same(
    statement: SnapshotStatement, data: st.DataObject
) -> None:
    good = statement.to_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[at] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(changed), good[:at], good + good[at:]):
        try:
            assert SnapshotStatement.from_bytes(bad) != statement
        except ProofError:
            continue


@given(statements, st.binary())
def test_a_snapshot_is_never_taken_for_a_receipt(
    statement: SnapshotStatement, receipt: bytes
) -> None:
    """A receipt's leaf has 32 bytes; a snapshot's has more, and begins with a label."""
    assert statement.to_bytes() != leaf_data(receipt)
    assert len(statement.to_bytes()) > 32
    with pytest.raises(ProofError):
        SnapshotStatement.from_bytes(leaf_data(receipt))


def test_the_leaf_shows_the_statement_in_clear() -> None:
    assert ONE.to_bytes() == frame(
        b"rogatory/snapshot/1",
        b"log.example/x",
        (7).to_bytes(8, "big"),
        sha256(b"snapshot"),
        (1000).to_bytes(8, "big"),
    )
    assert snapshot_entry(ONE, 1).leaf_data == ONE.to_bytes()


PARTS = (SNAPSHOT_LABEL, b"o", (1).to_bytes(8, "big"), bytes(32), bytes(8))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((), id="nothing"),
        pytest.param((b"rogatory/leaf/1", *PARTS[1:]), id="another label"),
        pytest.param(PARTS[:4], id="no time"),
        pytest.param((*PARTS, b""), id="one part more"),
        pytest.param((PARTS[0], b"", *PARTS[2:]), id="no origin"),
        pytest.param((PARTS[0], b"\xff", *PARTS[2:]), id="an origin that is no text"),
        pytest.param((*PARTS[:2], b"\x01", *PARTS[3:]), id="a short version"),
        pytest.param((*PARTS[:2], bytes(8), *PARTS[3:]), id="version nought"),
        pytest.param((*PARTS[:2], b"\xff" * 8, *PARTS[3:]), id="an endless version"),
        pytest.param((*PARTS[:3], bytes(31), bytes(8)), id="a short digest"),
        pytest.param((*PARTS[:4], b"\xff" * 8), id="an endless time"),
    ],
)
def test_what_no_snapshot_says_is_refused(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(ProofError):
        SnapshotStatement.from_bytes(frame(*parts))


LEAVES = [leaf_hash(ONE.to_bytes()), *(sha256(bytes([n])) for n in range(4))]
CHECKPOINT = Checkpoint(origin=ONE.origin, size=5, root=tree_root(LEAVES))
LOGGED = LoggedSnapshot(
    statement=ONE.to_bytes(), index=0, inclusion=inclusion_path(LEAVES, 0)
)


def test_a_logged_snapshot_is_proven_under_a_checkpoint() -> None:
    proven = prove_snapshot(LOGGED, CHECKPOINT, "note")
    assert (proven.statement, proven.index) == (ONE, 0)
    assert (proven.path, proven.checkpoint) == (LOGGED.inclusion, "note")


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(replace(LOGGED, index=1), id="another place"),
        pytest.param(replace(LOGGED, inclusion=()), id="no path"),
        pytest.param(
            replace(LOGGED, statement=replace(ONE, digest=bytes(32)).to_bytes()),
            id="another snapshot",
        ),
        pytest.param(
            replace(LOGGED, statement=replace(ONE, version=8).to_bytes()),
            id="another version",
        ),
        pytest.param(
            replace(LOGGED, statement=replace(ONE, origin="log.example/y").to_bytes()),
            id="another log",
        ),
        pytest.param(replace(LOGGED, statement=b""), id="nothing"),
    ],
)
def test_a_snapshot_that_is_not_in_the_log_is_not_proven(lie: LoggedSnapshot) -> None:
    with pytest.raises(ProofError):
        prove_snapshot(lie, CHECKPOINT, "note")


def test_a_hub_cannot_date_a_snapshot_beyond_what_can_be_told() -> None:
    """Else a check that finds it would end in a fault, and not in words."""
    assert instant(replace(ONE, signed_at_ms=LAST_MS).signed_at_ms).startswith("9999")
    late = ONE.to_bytes()[:-8] + (LAST_MS + 1).to_bytes(8, "big")
    with pytest.raises(ProofError, match="impossible time"):
        SnapshotStatement.from_bytes(late)
