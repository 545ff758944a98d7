"""However long a node was away, it walks the chain of roots to the newest."""

from collections.abc import Callable

import pytest

from keys.directory.client import DirectoryClient
from keys.directory.repository import Repository
from keys.directory.roles import DAY_MS
from keys.directory.roots import root_chain
from keys.directory.signers import role_public, role_signer
from keys.errors import RefreshError
from tests.unit.keys.directory.federation import (
    KEN,
    NOW_MS,
    Federation,
    seed,
    stewards_of,
)
from tests.unit.keys.directory.hand_signed import renew, succeed


def rotate(federation: Federation, count: int, at_ms: int = NOW_MS) -> None:
    """Has the stewards sign so many roots, each with an online key of its own."""
    for number in range(count):
        root = federation.repository.root()
        online = f"online-{number}-{len(root)}-{at_ms}"
        newer = succeed(
            root,
            stewards=federation.stewards,
            threshold=federation.threshold,
            outgoing=federation.agreeing,
            online_key=role_public(seed(online)),
            now_ms=at_ms,
        )
        hub = federation.folder / "hub"
        federation.repository = Repository(hub, role_signer(seed(online)))
        federation.repository.install_root(newer, at_ms)


@pytest.fixture
def away(federation: Federation) -> DirectoryClient:
    """A node that has seen the first root, and was away ever since."""
    federation.enrol(KEN)
    client = federation.client()
    client.refresh(NOW_MS)
    return client


@pytest.mark.parametrize("count", [1, 64, 130])
def test_a_node_that_was_away_follows_every_root(
    federation: Federation, away: DirectoryClient, count: int
) -> None:
    rotate(federation, count)
    view = away.refresh(NOW_MS)
    assert set(view.parties) == {KEN}
    assert away.cached_view(NOW_MS) == view
    assert len(root_chain(federation.root, federation.repository.read)) == count + 1
    rotate(federation, 1, NOW_MS + 1)
    assert away.refresh(NOW_MS).version == view.version + 1


def test_a_node_that_comes_back_after_400_days_goes_on(
    federation: Federation, away: DirectoryClient
) -> None:
    late_ms = NOW_MS + 400 * DAY_MS
    with pytest.raises(RefreshError, match="expired"):
        away.cached_view(late_ms)
    with pytest.raises(RefreshError, match="expired"):
        away.refresh(late_ms)
    for day in (90, 180, 270, 360):
        rotate(federation, 2, NOW_MS + day * DAY_MS)
    targets = renew(
        federation.repository.targets(), stewards=federation.agreeing, now_ms=late_ms
    )
    federation.repository.install_targets(targets, late_ms)
    view = away.refresh(late_ms)
    assert view.version == federation.repository.version()
    assert "expired" in view.failed[KEN]  # it published nothing in all that time


def test_a_chain_that_is_broken_locally_is_fetched_again(
    federation: Federation, away: DirectoryClient
) -> None:
    rotate(federation, 70)
    away.refresh(NOW_MS)
    kept = federation.folder / "node/metadata/root_history/30.root.json"
    kept.unlink()
    kept.write_bytes(b"?")
    rotate(federation, 1, NOW_MS + 1)
    assert set(away.refresh(NOW_MS).parties) == {KEN}


BAD: dict[str, Callable[[Federation], bytes]] = {
    "no root": lambda _: b"?",
    "targets": lambda federation: federation.repository.targets(),
    "the same root again": lambda federation: federation.root,
    "a root of strangers": lambda federation: succeed(
        federation.root,
        stewards=stewards_of(1, "-foreign"),
        threshold=1,
        outgoing=[],
        online_key=role_public(seed("online")),
        now_ms=NOW_MS,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_root_that_does_not_follow_breaks_the_chain(
    federation: Federation, name: str
) -> None:
    served = {"metadata/2.root.json": BAD[name](federation)}
    with pytest.raises(RefreshError):
        root_chain(federation.root, served.get)
