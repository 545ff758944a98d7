"""The repository on disk: valid at every moment, whatever fails."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Targets

from keys.directory.archive import Archive
from keys.directory.model import DirectoryView
from keys.directory.repository import Repository
from keys.directory.roles import DAY_MS, SNAPSHOT_LIFE_MS, TIMESTAMP_LIFE_MS, utc
from keys.directory.signers import role_public, role_signer
from keys.errors import CeremonyError, DirectoryStorageError
from keys.framing import sha256
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    Federation,
    federation_record,
    record_of,
    seed,
    stewards_of,
)
from tests.unit.keys.directory.hand_signed import (
    admit,
    found_federation,
    renew,
    succeed,
)

_NEW_ONLINE = role_signer(seed("new-online"))


def test_enrolled_parties_are_seen_by_a_client(any_federation: Federation) -> None:
    any_federation.enrol(KEN, BEL)
    view = any_federation.client().refresh(NOW_MS)
    assert set(view.parties) == {KEN, BEL}
    assert view.record(KEN) == record_of(KEN)
    assert view.parties[KEN].policy == b"policy"
    assert view.version == any_federation.repository.version()
    assert view.snapshot_digest == any_federation.repository.snapshot_digest()


def test_every_version_is_kept(federation: Federation) -> None:
    federation.enrol(KEN)
    first = federation.repository.read("metadata/1.party-KEN.json")
    federation.repository.accept(federation.submission(KEN, policy=b"new"), NOW_MS)
    assert federation.repository.read("metadata/1.party-KEN.json") == first
    for data in (b"policy", b"new"):
        path = f"targets/parties/KEN/{sha256(data).hex()}.policy.pb"
        assert federation.repository.read(path) == data


def test_a_poller_sees_whether_anything_changed(federation: Federation) -> None:
    archive = Archive(federation.folder / "hub")
    version = archive.version()
    assert not archive.changed_since(version)
    federation.repository.refresh_timestamp(NOW_MS + TIMESTAMP_LIFE_MS - 1)
    assert not archive.changed_since(version)
    federation.repository.commit(NOW_MS)
    assert archive.changed_since(version)


def test_nothing_is_signed_again_while_it_lives(federation: Federation) -> None:
    before = federation.repository.read("metadata/timestamp.json")
    assert not federation.repository.refresh_timestamp(NOW_MS + DAY_MS // 2)
    assert federation.repository.read("metadata/timestamp.json") == before


def test_a_timestamp_past_half_its_life_is_signed_again(
    federation: Federation,
) -> None:
    version = federation.repository.version()
    later_ms = NOW_MS + TIMESTAMP_LIFE_MS // 2 + 1
    assert federation.repository.refresh_timestamp(later_ms)
    assert federation.repository.version() == version
    end_ms = later_ms + TIMESTAMP_LIFE_MS - 2000
    assert federation.client().refresh(end_ms).version == version


def test_a_snapshot_past_half_its_life_is_signed_again(federation: Federation) -> None:
    version = federation.repository.version()
    later_ms = NOW_MS + SNAPSHOT_LIFE_MS // 2 + 1
    assert federation.repository.refresh_timestamp(later_ms)
    assert federation.repository.version() == version + 1
    assert federation.client().refresh(later_ms).version == version + 1


def _crash_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], bool]:
    """Makes the rename number `step` from here on fail; tells whether it did."""
    replace = os.replace
    done = 0
    crashed = False

    def failing(source: Path, target: Path) -> None:
        nonlocal done, crashed
        if Path(target).suffix:  # what clients keep has the same names
            done += 1
            if done == step:
                crashed = True
                raise OSError("the power failed")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    return lambda: crashed


# Two files, their metadata, the snapshot, the timestamp.
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_crash_while_a_party_publishes_leaves_the_old_state_valid(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    federation.enrol(KEN, BEL)
    old = federation.client("before").refresh(NOW_MS)
    submission = federation.submission(KEN, policy=b"new")
    with monkeypatch.context() as patch:
        crashed = _crash_at(patch, step)
        with pytest.raises(DirectoryStorageError, match="power failed"):
            federation.repository.accept(submission, NOW_MS)
        assert crashed()
    assert _seen(federation) == old
    other = federation.submission(KEN, policy=b"another")
    federation.repository.accept(other, NOW_MS)
    assert _seen(federation).parties[KEN].policy == b"another"


# The federation record, the targets, the snapshot, the timestamp.
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_crash_while_stewards_admit_leaves_the_old_state_valid(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    federation.enrol(KEN)
    old = federation.client("before").refresh(NOW_MS)
    with monkeypatch.context() as patch:
        crashed = _crash_at(patch, step)
        with pytest.raises(DirectoryStorageError, match="power failed"):
            federation.admit(BEL)
        assert crashed()
    assert _seen(federation) == old
    federation.enrol(BEL)
    assert set(_seen(federation).parties) == {KEN, BEL}


# As above, with the root before the timestamp.
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_crash_while_a_root_is_installed_is_mended_by_doing_it_again(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    federation.enrol(KEN)
    new = stewards_of(3, "-new")
    root = succeed(
        federation.root,
        stewards=new,
        threshold=2,
        outgoing=federation.stewards,
        online_key=role_public(seed("new-online")),
        now_ms=NOW_MS,
    )
    targets = renew(federation.repository.targets(), stewards=new, now_ms=NOW_MS)
    repository = Repository(federation.folder / "hub", _NEW_ONLINE)
    with monkeypatch.context() as patch:
        crashed = _crash_at(patch, step)
        with pytest.raises(DirectoryStorageError):
            repository.install_root(root, NOW_MS, targets=targets)
        assert crashed()
    repository.install_root(root, NOW_MS, targets=targets)
    assert repository.root() == root
    assert set(_seen(federation).parties) == {KEN}


def _seen(federation: Federation) -> DirectoryView:
    """Returns what a client sees that knows nothing but the first root."""
    number = sum(1 for _ in federation.folder.glob("fresh*"))
    return federation.client(f"fresh{number}").refresh(NOW_MS)


def test_a_federation_is_founded_once(federation: Federation) -> None:
    founding = found_federation(
        stewards=stewards_of(1),
        threshold=1,
        online_key=role_public(seed("online")),
        federation=federation_record(),
        now_ms=NOW_MS,
    )
    online = role_signer(seed("online"))
    with pytest.raises(CeremonyError, match="already"):
        Repository.create(federation.folder / "hub", founding, online, NOW_MS)


def test_a_hub_whose_key_the_root_does_not_name_cannot_sign(
    federation: Federation,
) -> None:
    stranger = Repository(federation.folder / "hub", _NEW_ONLINE)
    with pytest.raises(CeremonyError, match="not the online key"):
        stranger.commit(NOW_MS)
    with pytest.raises(CeremonyError, match="not the online key"):
        stranger.refresh_timestamp(NOW_MS + DAY_MS)


def test_taking_the_same_targets_twice_does_nothing(federation: Federation) -> None:
    version = federation.repository.version()
    federation.repository.install_targets(federation.repository.targets(), NOW_MS)
    assert federation.repository.version() == version


def test_two_ceremonies_on_the_same_version_do_not_both_count(
    federation: Federation,
) -> None:
    both = [
        admit(
            federation.repository.targets(),
            party=party,
            keys=[role_public(seed(party))],
            threshold=1,
            stewards=federation.stewards,
            now_ms=NOW_MS,
        )
        for party in (KEN, BEL)
    ]
    federation.repository.install_targets(both[0], NOW_MS)
    with pytest.raises(CeremonyError, match="sign on top of the current one"):
        federation.repository.install_targets(both[1], NOW_MS)


def test_new_stewards_must_sign_the_targets_too(federation: Federation) -> None:
    root = succeed(
        federation.root,
        stewards=stewards_of(1, "-new"),
        threshold=1,
        outgoing=federation.stewards,
        online_key=role_public(seed("online")),
        now_ms=NOW_MS,
    )
    with pytest.raises(CeremonyError, match="must sign the targets too"):
        federation.repository.install_root(root, NOW_MS)
    assert federation.repository.root() == federation.root


def test_a_root_can_be_renewed_by_the_same_stewards(federation: Federation) -> None:
    root = succeed(
        federation.root,
        stewards=federation.stewards,
        threshold=1,
        outgoing=[],
        online_key=role_public(seed("online")),
        now_ms=NOW_MS,
    )
    federation.repository.install_root(root, NOW_MS)
    assert _seen(federation).version == federation.repository.version()


def test_parties_that_publish_at_the_same_time_both_get_in(
    federation: Federation,
) -> None:
    parties = [KEN, BEL, MEX]
    for party in parties:
        federation.admit(party)
    submissions = [federation.submission(party) for party in parties]
    threads = [
        threading.Thread(target=federation.repository.accept, args=(each, NOW_MS))
        for each in submissions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(_seen(federation).parties) == set(parties)


def test_an_empty_folder_is_no_repository(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for read in (archive.version, archive.root, archive.targets, archive.state):
        with pytest.raises(DirectoryStorageError, match="was a federation founded"):
            read()
    assert archive.read("metadata/timestamp.json") is None


def test_nothing_but_what_is_served_is_read(federation: Federation) -> None:
    (federation.folder / "secret").write_text("x")
    for path in ("../secret", "lock", "metadata/../../secret", str(federation.folder)):
        assert federation.repository.read(path) is None


class TestDamage:
    """A damaged file is told from a missing one."""

    @pytest.mark.parametrize("name", ["timestamp.json", "3.snapshot.json"])
    def test_damaged_metadata(self, federation: Federation, name: str) -> None:
        federation.enrol(KEN)
        (federation.folder / "hub" / "metadata" / name).write_text("{")
        with pytest.raises(DirectoryStorageError, match="is damaged"):
            federation.repository.state()

    @pytest.mark.parametrize("name", ["2.targets.json", "1.party-KEN.json"])
    def test_damage_seen_by_the_registrar(
        self, federation: Federation, name: str
    ) -> None:
        federation.enrol(KEN)
        submission = federation.submission(KEN)
        (federation.folder / "hub" / "metadata" / name).write_text("{")
        with pytest.raises(DirectoryStorageError, match="is damaged"):
            federation.repository.accept(submission, NOW_MS)

    def test_a_record_that_is_gone(self, federation: Federation) -> None:
        federation.enrol(KEN)
        for path in (federation.folder / "hub/targets/parties/KEN").iterdir():
            path.unlink()
        with pytest.raises(DirectoryStorageError, match="is missing"):
            federation.repository.accept(federation.submission(KEN), NOW_MS)

    def test_metadata_that_names_no_record(self, federation: Federation) -> None:
        federation.enrol(KEN)
        empty = Metadata(Targets(version=2, expires=utc(NOW_MS)))
        federation.collude("party-KEN", empty.to_bytes(), 2)
        with pytest.raises(DirectoryStorageError, match="is nowhere named"):
            federation.repository.accept(federation.submission(KEN), NOW_MS)

    def test_a_file_that_cannot_be_read(self, federation: Federation) -> None:
        path = federation.folder / "hub/metadata/timestamp.json"
        path.unlink()
        path.mkdir()
        with pytest.raises(DirectoryStorageError, match="cannot be read"):
            federation.repository.version()
