"""The directory of any time is read as it was then, and verified as then."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from tuf.api.metadata import Metadata, MetaFile, Snapshot

from keys.directory.history import History
from keys.directory.model import DirectoryView
from keys.directory.repository import Repository
from keys.directory.roles import (
    PARTY_LIFE_MS,
    ROOT_ENTRY,
    SNAPSHOT_LIFE_MS,
    metadata_path,
)
from keys.directory.signers import role_public, role_signer
from keys.errors import (
    RefreshError,
    UnknownPartyError,
    UnreachableError,
)
from keys.framing import sha256
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    Federation,
    record_of,
    seed,
    signing_key,
    stewards_of,
)
from tests.unit.keys.directory.hand_signed import remove, renew, succeed


@dataclass(slots=True)
class Chronicle:
    """A federation that keeps what a client saw of each of its versions."""

    federation: Federation
    seen: dict[int, DirectoryView] = field(default_factory=dict)

    def note(self) -> DirectoryView:
        """Keeps the present state."""
        view = self.federation.client().refresh(NOW_MS)
        self.seen[view.version] = view
        return view

    def history(self, **changes: object) -> History:
        """Returns the past as somebody reads it who has nothing but the root."""
        root = changes.pop("root", self.federation.root)
        assert isinstance(root, bytes)
        return History(root, self.federation.repository.read, **changes)  # type: ignore[arg-type]

    def then(self, view: DirectoryView, at_ms: int = NOW_MS) -> DirectoryView:
        """Reads one version again."""
        return self.history().view(view.version, view.snapshot_digest, at_ms)

    def newest(self, at_ms: int = NOW_MS) -> DirectoryView:
        """Reads the newest version, whether or not a client would take it."""
        repository = self.federation.repository
        return self.history().view(
            repository.version(), repository.snapshot_digest(), at_ms
        )


@pytest.fixture
def chronicle(any_federation: Federation) -> Chronicle:
    """KEN and BEL join; KEN replaces its key; KEN is retired, and MEX joins."""
    made = Chronicle(any_federation)
    made.note()
    any_federation.enrol(KEN, BEL)
    made.note()
    revoked = replace(signing_key("KEN"), revoked_at_ms=NOW_MS)
    record = replace(record_of(KEN), signing_keys=(revoked, signing_key("KEN/2")))
    any_federation.repository.accept(
        any_federation.submission(KEN, record=record), NOW_MS
    )
    made.note()
    targets = remove(
        any_federation.repository.targets(),
        party=KEN,
        stewards=any_federation.agreeing,
        now_ms=NOW_MS,
    )
    any_federation.repository.install_targets(targets, NOW_MS)
    any_federation.enrol(MEX)
    made.note()
    return made


def test_every_version_is_read_as_it_was_seen_then(chronicle: Chronicle) -> None:
    assert len(chronicle.seen) == 4
    for view in chronicle.seen.values():
        assert chronicle.then(view) == view


def test_a_retired_party_is_there_as_long_as_it_was(chronicle: Chronicle) -> None:
    _, joined, replaced, retired = chronicle.seen.values()
    key = signing_key("KEN").key_id
    before = chronicle.then(joined).signing_key(KEN, key, NOW_MS)
    assert before.revoked_at_ms is None
    after = chronicle.then(replaced).record(KEN).signing_keys[0]
    assert after.revoked_at_ms == NOW_MS
    with pytest.raises(UnknownPartyError):
        chronicle.then(retired).record(KEN)


def test_a_party_is_judged_by_its_expiry_at_that_time(chronicle: Chronicle) -> None:
    late_ms = NOW_MS + PARTY_LIFE_MS
    chronicle.federation.repository.commit(late_ms)
    view = chronicle.newest(late_ms)
    assert view.parties == {}
    assert "had expired" in view.failed[BEL]
    assert set(chronicle.newest(late_ms - 1).parties) == {BEL, MEX}


def test_what_was_not_in_force_then_is_not_shown(chronicle: Chronicle) -> None:
    view = chronicle.note()
    assert chronicle.then(view, NOW_MS + SNAPSHOT_LIFE_MS - 1) == view
    with pytest.raises(RefreshError, match="no directory was in force then"):
        chronicle.then(view, NOW_MS + SNAPSHOT_LIFE_MS)


def test_a_snapshot_that_was_not_logged_is_not_read(chronicle: Chronicle) -> None:
    view = chronicle.note()
    with pytest.raises(RefreshError, match="not the one that was logged"):
        chronicle.history().view(view.version, bytes(32), NOW_MS)
    with pytest.raises(RefreshError, match="has no"):
        chronicle.history().view(view.version + 1, view.snapshot_digest, NOW_MS)


def test_before_and_after_a_succession_each_is_read_under_its_own_root(
    chronicle: Chronicle,
) -> None:
    federation = chronicle.federation
    old = chronicle.note()
    mended = _succeed(federation)
    federation.repository = mended
    new = chronicle.note()
    assert chronicle.then(old) == old
    assert chronicle.then(new) == new
    # Whoever was given the second root to trust cannot look behind it.
    later = chronicle.history(root=mended.root())
    assert later.view(new.version, new.snapshot_digest, NOW_MS) == new
    with pytest.raises(RefreshError, match="under none of them"):
        later.view(old.version, old.snapshot_digest, NOW_MS)


@pytest.mark.parametrize("thief", ["online key", "stewards"])
def test_whoever_was_succeeded_cannot_write_history(
    chronicle: Chronicle, thief: str
) -> None:
    """The former online key, or the former stewards and a hub that colludes."""
    federation = chronicle.federation
    former = renew(
        federation.repository.targets(), stewards=federation.agreeing, now_ms=NOW_MS
    )
    federation.repository = _succeed(federation)
    state = federation.repository.state()
    if thief == "stewards":
        named = MetaFile.from_data(100, former, ["sha256"])
        state.snapshot.meta["targets.json"] = named
        _serve(chronicle, metadata_path("targets", 100), former)
    snapshot = Metadata(replace_version(state.snapshot, 99))
    online = "online" if thief == "online key" else "new-online"
    snapshot.sign(role_signer(seed(online)))
    data = snapshot.to_bytes()
    _serve(chronicle, metadata_path("snapshot", 99), data)
    with pytest.raises(RefreshError):
        chronicle.history().view(99, sha256(data), NOW_MS)


def test_a_snapshot_that_names_no_root_is_read_under_the_one_that_signed_it(
    chronicle: Chronicle,
) -> None:
    """As earlier releases made them."""
    state = chronicle.federation.repository.state()
    state.snapshot.meta.pop(ROOT_ENTRY)
    for signer in ("online", "stolen"):
        metadata = Metadata(replace_version(state.snapshot, 99))
        metadata.sign(role_signer(seed(signer)))
        data = metadata.to_bytes()
        _serve(chronicle, metadata_path("snapshot", 99), data)
        if signer == "online":
            view = chronicle.history().view(99, sha256(data), NOW_MS)
            assert set(view.parties) == {BEL, MEX}
        else:
            with pytest.raises(RefreshError, match="under none of them"):
                chronicle.history().view(99, sha256(data), NOW_MS)


@pytest.mark.parametrize("what", ["2.party-KEN", "targets/parties/KEN"])
def test_a_party_whose_files_were_changed_since_takes_nobody_with_it(
    chronicle: Chronicle, what: str
) -> None:
    _, _, replaced, _ = chronicle.seen.values()
    for path in (chronicle.federation.folder / "hub").rglob("*"):
        if path.is_file() and what in str(path):
            path.write_bytes(path.read_bytes() + b" ")
    view = chronicle.then(replaced)
    assert set(view.parties) == {BEL}
    assert "does not verify" in view.failed[KEN]


def test_a_root_that_does_not_follow_is_refused(chronicle: Chronicle) -> None:
    view = chronicle.note()
    path = chronicle.federation.folder / "hub/metadata/2.root.json"
    for foreign in (b"?", chronicle.federation.root):
        path.write_bytes(foreign)
        with pytest.raises(RefreshError):
            chronicle.then(view)


def test_nobody_answering_is_not_a_party_that_failed(chronicle: Chronicle) -> None:
    view = chronicle.note()

    def broken(path: str) -> bytes | None:
        if "party-" in path:
            raise UnreachableError("the line is cut")
        return chronicle.federation.repository.read(path)

    with pytest.raises(UnreachableError):
        History(chronicle.federation.root, broken).view(
            view.version, view.snapshot_digest, NOW_MS
        )


def test_what_is_fetched_together_is_verified_all_the_same(
    chronicle: Chronicle,
) -> None:
    asked: list[Sequence[str]] = []

    def fetch_many(paths: Sequence[str]) -> dict[str, bytes | None]:
        asked.append(paths)
        return {path: chronicle.federation.repository.read(path) for path in paths}

    view = chronicle.note()
    together = chronicle.history(fetch_many=fetch_many)
    assert together.view(view.version, view.snapshot_digest, NOW_MS) == view
    assert [len(paths) for paths in asked] == [2, 4]
    lying = chronicle.history(fetch_many=lambda paths: dict.fromkeys(paths, b"?"))
    assert lying.view(view.version, view.snapshot_digest, NOW_MS).parties == {}


def replace_version(snapshot: Snapshot, version: int) -> Snapshot:
    return Snapshot(version=version, expires=snapshot.expires, meta=snapshot.meta)


def _serve(chronicle: Chronicle, path: str, data: bytes) -> None:
    (chronicle.federation.folder / "hub" / path).write_bytes(data)


def _succeed(federation: Federation) -> Repository:
    """New stewards and a new online key take over."""
    stewards = stewards_of(3, "-new")
    root = succeed(
        federation.root,
        stewards=stewards,
        threshold=2,
        outgoing=federation.agreeing,
        online_key=role_public(seed("new-online")),
        now_ms=NOW_MS,
    )
    targets = renew(federation.repository.targets(), stewards=stewards, now_ms=NOW_MS)
    mended = Repository(federation.folder / "hub", role_signer(seed("new-online")))
    mended.install_root(root, NOW_MS, targets=targets)
    return mended
