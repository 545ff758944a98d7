"""What parties published is held against what was signed, each time it is used."""

from pathlib import Path

import pytest
from tuf.api.metadata import MetaFile, TargetFile, Targets

from keys.directory.ahead import Ahead, target_paths
from keys.directory.shelf import Shelf, kept_name
from keys.errors import RefreshError, UnreachableError
from keys.framing import sha256

DATA = b"what KEN signed"
META = MetaFile.from_data(3, DATA, ["sha256"])
TARGET = TargetFile.from_data("parties/KEN/record.pb", DATA, ["sha256"])
SERVED = {
    "metadata/3.party-KEN.json": DATA,
    f"targets/parties/KEN/{sha256(DATA).hex()}.record.pb": DATA,
}


def targets(target: TargetFile = TARGET) -> Targets:
    return Targets(targets={"parties/KEN/record.pb": target})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(SERVED.get, tmp_path, tmp_path)


def nobody(_path: str) -> bytes | None:
    raise UnreachableError("nobody answered")


def test_what_was_fetched_once_is_taken_from_the_disk(
    shelf: Shelf, tmp_path: Path
) -> None:
    offline = Shelf(nobody, tmp_path, tmp_path)
    with pytest.raises(UnreachableError):
        offline.metadata("party-KEN", META)
    assert shelf.metadata("party-KEN", META) == DATA
    assert shelf.needed(targets(), TARGET.path) == DATA
    assert offline.metadata("party-KEN", META) == DATA
    assert offline.needed(targets(), TARGET.path) == DATA
    assert offline.used == {kept_name(TARGET)}


def test_what_was_changed_on_the_disk_is_fetched_again(
    shelf: Shelf, tmp_path: Path
) -> None:
    for name in ("party-KEN.json", kept_name(TARGET)):
        (tmp_path / name).write_bytes(b"something else")
    assert shelf.metadata("party-KEN", META) == DATA
    assert shelf.needed(targets(), TARGET.path) == DATA


@pytest.mark.parametrize(
    ("served", "words"),
    [
        (None, "is not there"),
        (b"what BEL signed", "does not verify"),
        (DATA + b"!", "more was sent"),
    ],
)
def test_what_is_served_instead_is_refused_and_not_kept(
    tmp_path: Path, served: bytes | None, words: str
) -> None:
    shelf = Shelf(lambda _: served, tmp_path, tmp_path)
    with pytest.raises(RefreshError, match=words):
        shelf.metadata("party-KEN", META)
    with pytest.raises(RefreshError, match=words):
        shelf.needed(targets(), TARGET.path)
    assert not [*tmp_path.iterdir()]


def test_what_is_not_named_is_not_published(shelf: Shelf) -> None:
    assert shelf.target(targets(), "parties/KEN/policy.pb") is None
    with pytest.raises(RefreshError, match="is not published"):
        shelf.needed(targets(), "parties/KEN/policy.pb")


def test_a_snapshot_that_names_no_digest_names_nothing(shelf: Shelf) -> None:
    with pytest.raises(RefreshError, match="names no digest"):
        shelf.metadata("party-KEN", MetaFile(3))


def test_a_record_of_endless_length_is_not_asked_for(tmp_path: Path) -> None:
    endless = TargetFile(1 << 40, {"sha256": "00"}, TARGET.path)
    with pytest.raises(RefreshError, match="more than 262144 bytes"):
        Shelf(nobody, tmp_path, tmp_path).target(targets(endless), TARGET.path)


def test_a_hash_that_is_a_path_stays_on_the_shelf(tmp_path: Path) -> None:
    hostile = TargetFile(1, {"sha256": "../../outside"}, TARGET.path)
    assert kept_name(hostile).isalnum()
    shelf = Shelf(SERVED.get, tmp_path, tmp_path)
    with pytest.raises(RefreshError):
        shelf.target(targets(hostile), TARGET.path)
    assert not [*tmp_path.iterdir()]


def test_what_was_got_ahead_is_handed_out_once() -> None:
    single: list[str] = []

    def fetch(path: str) -> bytes | None:
        single.append(path)
        return None

    ahead = Ahead(fetch, dict.fromkeys)
    ahead.get(["a", "b"])
    assert (ahead("a"), ahead.peek("b")) == (None, None)
    assert single == []
    ahead.clear()
    ahead("b")
    assert single == ["b"]
    alone = Ahead(SERVED.get, None)
    alone.get([*SERVED])
    assert alone.peek("metadata/3.party-KEN.json") is None
    assert alone("metadata/3.party-KEN.json") == DATA


def test_bytes_that_are_no_metadata_lead_nowhere() -> None:
    assert target_paths(b"?") == []
