"""What a witness reads: sizes, roots and times, and nothing about anybody."""

from pathlib import Path

import pytest

from broker.app.witness_files import WitnessFolder
from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.witness import SeenCheckpoint
from broker.infra.witness_store import WitnessStore
from keys.framing import sha256
from tests.unit.broker.cli.conftest import Cli
from tests.world import LOG_KEY, NOW_MS


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    """The folder of a witness that has seen a log grow."""
    store, before = WitnessStore(WitnessFolder(tmp_path).memory), None
    for number in range(1, 6):
        checkpoint = Checkpoint(
            origin=LOG_KEY.verifier.name, size=number * 100, root=sha256(b"%d" % number)
        )
        note = LOG_KEY.sign_note(checkpoint.body())
        seen = SeenCheckpoint(checkpoint=checkpoint, note=note)
        store.take(before, seen, NOW_MS + number)
        before = seen
    if before is not None:
        store.note_cosigned(before, NOW_MS + 9)
    store.close()
    return tmp_path


def _sizes(cli: Cli, witness: Path, *arguments: object) -> list[int]:
    ended = cli("audit", "list", "--witness", witness, "--json", *arguments)
    return [one["size"] for one in ended.json["checkpoints"]]


def test_a_witness_reads_sizes_roots_and_times_alone(cli: Cli, witness: Path) -> None:
    told = cli("audit", "list", "--witness", witness, "--json").json
    assert told.keys() == {"checkpoints"}
    assert [one["size"] for one in told["checkpoints"]] == [100, 200, 300, 400, 500]
    for one in told["checkpoints"]:
        assert one.keys() == {"seen", "size", "root", "cosigned", "log"}
    assert told["checkpoints"][-1]["root"] == sha256(b"5").hex()
    assert [bool(one["cosigned"]) for one in told["checkpoints"]] == [False] * 4 + [
        True
    ]
    words = cli("audit", "list", "--witness", witness)
    assert "500" in words.out


def test_checkpoints_are_listed_a_page_at_a_time(cli: Cli, witness: Path) -> None:
    assert _sizes(cli, witness, "--limit", 2) == [400, 500]
    assert _sizes(cli, witness, "--after", 0, "--limit", 2) == [100, 200]
    assert _sizes(cli, witness, "--before", 300) == [100, 200]
    assert _sizes(cli, witness, "--since", "2031-01-01") == []
    assert _sizes(cli, witness, "--until", "2031-01-01", "--after", 400) == [500]
    ended = cli("audit", "list", "--witness", witness, "--limit", 2)
    assert "2 checkpoints" in ended.err


@pytest.mark.parametrize(
    "condition",
    [
        ("--party", "KEN"),
        ("--kind", "trace-request"),
        ("--stage", "OPENED"),
        ("--code", "quota"),
        ("--case", "C-1"),
    ],
)
def test_a_witness_cannot_be_asked_about_anybody(
    cli: Cli, witness: Path, condition: tuple[str, str]
) -> None:
    ended = cli("audit", "list", "--witness", witness, *condition)
    assert (ended.code, ended.out) == (78, "")
    assert "a witness knows no parties" in ended.err


def test_another_folder_is_not_taken_for_a_witness(cli: Cli, tmp_path: Path) -> None:
    ended = cli("audit", "list", "--witness", tmp_path)
    assert (ended.code, ended.out) == (78, "")
    assert list(tmp_path.iterdir()) == []
