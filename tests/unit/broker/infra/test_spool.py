"""What comes in piece by piece: whole again, unreadable on the disk, and gone."""

from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, lists

from broker.core.errors import StoreFullError
from broker.infra import spool as module
from broker.infra.spool import Spool
from keys.errors import ContentError

PIECE = module._PIECE


@settings(max_examples=25)
@given(lists(binary(max_size=40), max_size=30))
def test_what_is_written_comes_out(pieces: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", 16)
        with Spool(Path("/tmp")) as spool:  # noqa: S108 - without a name there
            for piece in pieces:
                spool.write(piece)
            assert spool.read() == b"".join(pieces)
            assert spool.size == len(b"".join(pieces))


def test_nothing_readable_lies_on_the_disk_and_nothing_has_a_name(
    tmp_path: Path,
) -> None:
    with Spool(tmp_path / "spool") as spool:
        spool.write(b"SECRET" * PIECE)
        spool._file.flush()
        assert list((tmp_path / "spool").iterdir()) == []
        spool._file.seek(0)
        assert b"SECRET" not in spool._file.read()
        assert (tmp_path / "spool").stat().st_mode & 0o077 == 0


def test_what_somebody_has_changed_is_not_taken(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.write(b"x" * PIECE)
        spool._file.seek(100)
        spool._file.write(b"changed")
        with pytest.raises(ContentError):
            spool.read()


def test_a_full_disk_is_said_to_be_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> IO[bytes]:
        return Path("/dev/full").open("r+b")

    monkeypatch.setattr("broker.infra.spool.tempfile.TemporaryFile", full)
    # Letting go of it must not say anything else, either.
    with pytest.raises(StoreFullError), Spool(tmp_path) as spool:
        spool.write(b"x" * PIECE)
