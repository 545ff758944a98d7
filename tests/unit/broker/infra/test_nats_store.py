"""Streams are handed to another account, and only while no server runs."""

import fcntl
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.nats_store import check_stopped, move_streams


def _streams(folder: Path, account: str) -> Path:
    path = folder / "streams" / "jetstream" / account
    path.mkdir(parents=True)
    (path / "message").write_bytes(account.encode())
    return path


def test_streams_are_handed_over_once(tmp_path: Path) -> None:
    old = _streams(tmp_path, "OLD")
    for _ in range(2):
        move_streams(tmp_path, "OLD", "NEW")
    assert not old.exists()
    assert (old.with_name("NEW") / "message").read_bytes() == b"OLD"


def test_streams_that_are_there_already_are_not_written_over(tmp_path: Path) -> None:
    old, new = _streams(tmp_path, "OLD"), _streams(tmp_path, "NEW")
    with pytest.raises(ConfigurationError, match="before it had those of the old"):
        move_streams(tmp_path, "OLD", "NEW")
    assert (old / "message").read_bytes() == b"OLD"
    assert (new / "message").read_bytes() == b"NEW"


def test_where_no_server_ever_ran_there_is_nothing_to_move(tmp_path: Path) -> None:
    check_stopped(tmp_path / "bus")
    move_streams(tmp_path / "bus", "OLD", "NEW")
    assert not (tmp_path / "bus").exists()


def test_a_server_that_runs_keeps_its_streams(tmp_path: Path) -> None:
    old = _streams(tmp_path, "OLD")
    with (tmp_path / "lock").open("wb") as server:
        fcntl.flock(server, fcntl.LOCK_EX)
        with pytest.raises(ConfigurationError, match="the hub runs"):
            check_stopped(tmp_path)
        with pytest.raises(ConfigurationError, match="the hub runs"):
            move_streams(tmp_path, "OLD", "NEW")
    assert old.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        check_stopped(tmp_path)


def test_streams_that_cannot_be_moved_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    _streams(tmp_path, "OLD")
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        move_streams(tmp_path, "OLD", "NEW")
