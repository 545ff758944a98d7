"""Private keys in a file: private, whole or not there, and never open to a guess."""

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from keys.errors import (
    KeystoreError,
    KeystoreFormatError,
    KeystorePermissionError,
    KeystoreUnlockError,
)
from keys.keystore import (
    UNSAFE_THROWAWAY_COST,
    KdfCost,
    load,
    resave,
    save,
)

MAGIC = b"rogatory/keystore/1\n"
PASSPHRASE = b"correct horse"
KEYS = {"signing": bytes(64), "store": bytes(range(32))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "node.keys"


def saved(path: Path, keys: dict[str, bytes] | None = None) -> bytes:
    save(path, keys or KEYS, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    return path.read_bytes()


def header_of(blob: bytes) -> dict[str, Any]:
    return split(blob)[0]


def split(blob: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the header of a keystore, and what follows it."""
    start = len(MAGIC) + 4
    end = start + int.from_bytes(blob[len(MAGIC) : start], "big")
    return json.loads(blob[start:end]), blob[end:]


def forge(path: Path, **fields: Any) -> None:  # noqa: ANN401 - JSON
    """Puts other fields into the header of a keystore."""
    header, sealed = split(saved(path))
    put(path, json.dumps(header | fields).encode(), sealed)


def put(path: Path, header: bytes, sealed: bytes = bytes(32)) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(MAGIC + len(header).to_bytes(4, "big") + header + sealed)
    path.chmod(0o600)


def test_what_was_saved_is_loaded(path: Path) -> None:
    saved(path)
    assert load(path, PASSPHRASE) == KEYS


def test_the_file_is_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        saved(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_of_a_key_is_in_the_file_in_clear(path: Path) -> None:
    blob = saved(path, {"signing": b"a very secret secret"})
    assert b"secret" not in blob
    assert b"signing" not in blob


def test_two_files_of_the_same_keys_have_nothing_in_common(
    path: Path, tmp_path: Path
) -> None:
    first, second = saved(path), saved(tmp_path / "another")
    assert first[-64:] != second[-64:]


def test_the_default_costs_a_guess_a_quarter_of_a_gigabyte() -> None:
    cost = KdfCost()
    assert cost.memory_kib == 256 * 1024
    assert cost.iterations == 3


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o777, 0o610])
def test_a_file_that_others_can_touch_is_not_opened(path: Path, mode: int) -> None:
    saved(path)
    path.chmod(mode)
    with pytest.raises(KeystorePermissionError, match="chmod 600"):
        load(path, PASSPHRASE)


@pytest.mark.parametrize("guess", [b"", b"correct horse ", b"Correct horse"])
def test_a_wrong_passphrase_opens_nothing(path: Path, guess: bytes) -> None:
    saved(path)
    with pytest.raises(KeystoreUnlockError):
        load(path, guess)


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, at: int, mask: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.keys"
    blob = bytearray(saved(path))
    # A header that asks for more memory is refused or costs it: see below.
    start = blob.index(b'"memory_kib"')
    at %= len(blob)
    if start <= at < start + 16:
        return
    blob[at] ^= mask
    path.write_bytes(blob)
    with pytest.raises(KeystoreError):
        load(path, PASSPHRASE)


@pytest.mark.parametrize("size", [0, 5, len(MAGIC), len(MAGIC) + 4, 100, -1, -17])
def test_a_file_cut_short_is_refused(path: Path, size: int) -> None:
    path.write_bytes(saved(path)[:size])
    with pytest.raises((KeystoreFormatError, KeystoreUnlockError)):
        load(path, PASSPHRASE)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"kdf": "none"}, id="no derivation at all"),
        pytest.param({"memory_kib": 5 << 20}, id="all our memory"),
        pytest.param({"memory_kib": 1 << 80}, id="more memory than there is"),
        pytest.param({"memory_kib": 0}, id="no memory"),
        pytest.param({"iterations": 65}, id="all our time"),
        pytest.param({"iterations": 0}, id="no time"),
        pytest.param({"iterations": -1}, id="less than no time"),
        pytest.param({"iterations": float("inf")}, id="for ever"),
        pytest.param({"iterations": "x"}, id="a word"),
        pytest.param({"iterations": None}, id="nothing"),
        pytest.param({"lanes": 0}, id="no lane"),
        pytest.param({"lanes": -1}, id="less than a lane"),
        pytest.param({"lanes": 1 << 40}, id="more lanes than fit"),
        pytest.param({"salt": "not base64!"}, id="no salt"),
        pytest.param({"salt": "é"}, id="salt of letters"),
        pytest.param({"nonce": 7}, id="a number for a nonce"),
    ],
)
def test_hostile_derivation_parameters_are_refused(
    path: Path, fields: dict[str, Any]
) -> None:
    forge(path, **fields)
    with pytest.raises(KeystoreFormatError):
        load(path, PASSPHRASE)


@pytest.mark.parametrize(
    "fields",
    [{"salt": ""}, {"nonce": ""}, {"memory_kib": 1}, {"lanes": 9}, {"iterations": 2}],
)
def test_weakened_derivation_parameters_open_nothing(
    path: Path, fields: dict[str, Any]
) -> None:
    forge(path, **fields)
    with pytest.raises(KeystoreUnlockError):
        load(path, PASSPHRASE)


@pytest.mark.parametrize("header", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000])
def test_a_header_that_cannot_be_read_is_refused(path: Path, header: bytes) -> None:
    put(path, header)
    with pytest.raises(KeystoreFormatError):
        load(path, PASSPHRASE)


def test_what_is_no_file_is_a_keystore_error(path: Path, tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="cannot read"):
        load(path, PASSPHRASE)
    with pytest.raises(KeystoreError, match="cannot read"):
        load(tmp_path, PASSPHRASE)


def test_an_older_file_is_replaced_whole(path: Path) -> None:
    saved(path)
    saved(path, {"new": b"key"})
    assert load(path, PASSPHRASE) == {"new": b"key"}
    assert [file.name for file in path.parent.iterdir()] == ["node.keys"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_older_file_and_no_scrap(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    saved(path)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*(("os.fsync", fail) if step == "fsync" else (Path, step, fail)))
        with pytest.raises(KeystoreError, match="No space left"):
            saved(path, {"new": b"key"})
    assert load(path, PASSPHRASE) == KEYS
    assert [file.name for file in path.parent.iterdir()] == ["node.keys"]


def test_file_and_folder_are_both_synced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    whole = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        whole(descriptor)

    monkeypatch.setattr("os.fsync", fsync)
    saved(path)
    assert synced == [False, True]


def test_a_folder_that_cannot_be_made_is_a_keystore_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeystoreError, match="cannot write"):
        saved(tmp_path / "file" / "node.keys")


@pytest.mark.parametrize("cost", [UNSAFE_THROWAWAY_COST, KdfCost(memory_kib=128)])
def test_what_is_saved_again_keeps_its_cost(path: Path, cost: KdfCost) -> None:
    save(path, KEYS, PASSPHRASE, cost=cost)
    before = header_of(path.read_bytes())
    resave(path, {"new": b"key"}, PASSPHRASE)
    after = header_of(path.read_bytes())
    assert load(path, PASSPHRASE) == {"new": b"key"}
    assert before["salt"] != after["salt"]
    del before["salt"], after["salt"], before["nonce"], after["nonce"]
    assert before == after


def test_keystores_can_be_opened_on_several_threads_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    cost = KdfCost(iterations=1, memory_kib=8 * 1024, lanes=4)
    save(path, {"name": b"seed"}, b"passphrase", cost=cost)
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(load, path, b"passphrase") for _ in range(12)]
        for one in opened:
            assert one.result(timeout=60) == {"name": b"seed"}
