"""Whatever goes wrong ends in one of two errors, or in one party failing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tuf.api import exceptions
from tuf.api.metadata import Metadata, TargetFile, Targets

from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.roles import (
    MAX_TARGET_SIZE,
)
from keys.directory.signers import role_signer
from keys.directory.stewardship import read_targets
from keys.directory.updating import explained
from keys.errors import DirectoryStorageError, RefreshError, UnreachableError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    Federation,
    Hub,
    record_of,
    seed,
)
from tests.unit.keys.directory.hand_signed import signed_by


@pytest.mark.parametrize(
    "failure",
    [
        UnreachableError("nobody there"),
        DirectoryStorageError("the hub's disk"),
        OSError("the network"),
        TimeoutError(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_nobody_there(hub: Hub, client: DirectoryClient, failure: Exception) -> None:
    hub.failure = failure
    with pytest.raises(UnreachableError):
        client.refresh(NOW_MS)
    hub.failure = None
    view = client.refresh(NOW_MS)
    hub.failure = failure
    with pytest.raises(UnreachableError):
        client.refresh(NOW_MS)
    assert client.cached_view(NOW_MS) is view


def test_a_fetch_that_breaks_is_nobody_there_with_the_cause_kept(
    hub: Hub, client: DirectoryClient
) -> None:
    hub.failure = ZeroDivisionError()
    with pytest.raises(UnreachableError) as caught:
        client.refresh(NOW_MS)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.__cause__ is hub.failure


def test_a_link_that_breaks_half_way_does_not_look_like_parties_leaving(
    federation: Federation, client: DirectoryClient, hub: Hub
) -> None:
    federation.enrol(KEN, BEL)

    def breaking(path: str) -> bytes | None:
        if "BEL" in path:
            raise UnreachableError("the link broke")
        return hub.fetch(path)

    broken = federation.client(fetch=breaking)
    with pytest.raises(UnreachableError, match="the link broke"):
        broken.refresh(NOW_MS)
    assert set(client.refresh(NOW_MS).parties) == {KEN, BEL}


@pytest.mark.parametrize(
    "part", ["snapshot", "targets", "2.party-KEN", "record.pb", "policy.pb"]
)
def test_a_link_that_breaks_half_way_leaves_the_last_state_whole(
    federation: Federation, hub: Hub, part: str
) -> None:
    federation.enrol(KEN, BEL)
    broken = False

    def breaking(path: str) -> bytes | None:
        if broken and part in path:
            raise UnreachableError("the link broke")
        return hub.fetch(path)

    client = federation.client(fetch=breaking)
    before = client.refresh(NOW_MS)
    federation.admit(MEX)
    record = replace(record_of(KEN), name="Renamed")
    submission = federation.submission(KEN, record=record, policy=b"new")
    federation.repository.accept(submission, NOW_MS)
    broken = True
    with pytest.raises(UnreachableError):
        client.refresh(NOW_MS)
    assert client.cached_view(NOW_MS) == before
    restarted = federation.client(fetch=breaking)
    assert restarted.cached_view(NOW_MS) == before
    broken = False
    for each in (client, restarted):
        assert each.refresh(NOW_MS).record(KEN).name == "Renamed"


@pytest.mark.parametrize("lost", ["metadata/1.party-KEN", "policy.pb", "record.pb"])
def test_a_file_that_the_hub_lost_fails_its_party_until_it_is_back(
    federation: Federation, hub: Hub, client: DirectoryClient, lost: str
) -> None:
    federation.enrol(KEN)
    hub.lost.add(lost)
    assert "is not there" in client.refresh(NOW_MS).failed[KEN]
    hub.lost.clear()
    assert set(client.refresh(NOW_MS).parties) == {KEN}


@pytest.mark.parametrize("lost", ["timestamp", "snapshot", "targets", "federation"])
def test_what_everybody_needs_and_the_hub_lost_is_an_error(
    hub: Hub, client: DirectoryClient, lost: str
) -> None:
    hub.lost.add(lost)
    with pytest.raises(RefreshError, match="is not there"):
        client.refresh(NOW_MS)


def test_a_root_that_is_none_is_an_error(federation: Federation) -> None:
    with pytest.raises(RefreshError, match="does not verify"):
        federation.client(root=b"{}").refresh(NOW_MS)


def test_more_than_the_bounds_allow_is_an_error(federation: Federation) -> None:
    huge = federation.client(fetch=lambda _: bytes(2_000_000))
    with pytest.raises(RefreshError, match="more was sent"):
        huge.refresh(NOW_MS)


def test_a_folder_that_cannot_be_written_is_an_error(federation: Federation) -> None:
    (federation.folder / "node").write_text("a file")
    with pytest.raises(RefreshError, match="local copy cannot be used"):
        federation.client().refresh(NOW_MS)


def test_a_disk_that_fails_under_one_record_is_tried_again(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    client.refresh(NOW_MS)
    kept = (federation.folder / "node" / "targets").iterdir()
    (broken,) = [path for path in kept if path.read_bytes() == b"policy"]
    broken.unlink()
    broken.mkdir()
    restarted = federation.client()
    assert "local copy cannot be used" in restarted.refresh(NOW_MS).failed[KEN]
    broken.rmdir()
    assert set(restarted.refresh(NOW_MS).parties) == {KEN}


def test_every_error_of_python_tuf_is_mapped() -> None:
    kinds = [
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type)
        and issubclass(kind, exceptions.RepositoryError | exceptions.DownloadError)
    ]
    assert len(kinds) > 8
    for kind in kinds:
        arguments = ("x", 404) if kind is exceptions.DownloadHTTPError else ("x",)
        with pytest.raises((RefreshError, UnreachableError)), explained():
            raise kind(*arguments)


def test_a_federation_record_that_stewards_signed_by_mistake_is_an_error(
    federation: Federation, client: DirectoryClient
) -> None:
    metadata = read_targets(federation.repository.targets())
    metadata.signed.version += 1
    metadata.signatures.clear()
    path = "federation/federation.pb"
    metadata.signed.targets[path] = TargetFile.from_data(path, b"junk", ["sha256"])
    signed = signed_by(metadata, federation.stewards)
    federation.collude("targets", signed, 2, {path: b"junk"})
    with pytest.raises(RefreshError, match="the stewards' own record"):
        client.refresh(NOW_MS)


def _published(federation: Federation, files: dict[str, bytes]) -> dict[str, str]:
    federation.enrol(KEN, BEL)
    submission = publish(
        KEN,
        signers=[role_signer(seed("KEN/role/0"))],
        version=2,
        files=files,
        now_ms=NOW_MS,
    )
    paths = {f"parties/KEN/{name}": data for name, data in files.items()}
    federation.collude("party-KEN", submission.metadata, 2, paths)
    view = federation.client().refresh(NOW_MS)
    assert set(view.parties) == {BEL}
    return dict(view.failed)


def test_the_record_of_another_party(federation: Federation) -> None:
    files = {"record.pb": encode_party(record_of(MEX))}
    failed = _published(federation, files)
    assert failed == {KEN: "KEN published a record of MEX"}


def test_a_record_that_does_not_parse(federation: Federation) -> None:
    assert "not a record" in _published(federation, {"record.pb": b"x"})[KEN]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda targets: targets.targets.clear(), "is not published"),
        (
            lambda targets: setattr(
                targets.targets["parties/KEN/record.pb"],
                "length",
                MAX_TARGET_SIZE + 1,
            ),
            "more than 262144 bytes",
        ),
    ],
    ids=["no record", "a record too large"],
)
def test_metadata_that_names_no_record_or_a_huge_one(
    federation: Federation, change: Callable[[Targets], None], reason: str
) -> None:
    federation.enrol(KEN, BEL)
    metadata = Metadata[Targets].from_bytes(
        federation.submission(KEN, version=2).metadata
    )
    change(metadata.signed)
    metadata.sign(role_signer(seed("KEN/role/0")))
    federation.collude("party-KEN", metadata.to_bytes(), 2)
    assert reason in federation.client().refresh(NOW_MS).failed[KEN]
