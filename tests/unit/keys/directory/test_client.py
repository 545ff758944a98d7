"""What a client returns, keeps and says."""

import logging
from pathlib import Path

import pytest

from keys.directory.client import DirectoryClient
from keys.directory.roles import (
    PARTY_LIFE_MS,
    TIMESTAMP_LIFE_MS,
)
from keys.errors import RefreshError, UnreachableError
from keys.identity import PartyId
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    Hub,
)


def test_an_unchanged_directory_costs_two_fetches_and_gives_the_same_view(
    federation: Federation, hub: Hub, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    first = client.refresh(NOW_MS)
    hub.fetched.clear()
    assert client.refresh(NOW_MS + 1000) is first
    assert hub.fetched == ["metadata/timestamp.json", "metadata/2.root.json"]


def test_a_new_timestamp_alone_gives_the_same_view(
    federation: Federation, hub: Hub, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    first = client.refresh(NOW_MS)
    later_ms = NOW_MS + TIMESTAMP_LIFE_MS - 1000
    assert federation.repository.refresh_timestamp(later_ms)
    hub.fetched.clear()
    assert client.refresh(later_ms + 2000) is first
    assert not any("party-KEN" in path for path in hub.fetched)


def test_only_what_changed_is_fetched(
    federation: Federation, hub: Hub, client: DirectoryClient
) -> None:
    federation.enrol(KEN, BEL)
    client.refresh(NOW_MS)
    federation.repository.accept(federation.submission(KEN, policy=b"new"), NOW_MS)
    hub.fetched.clear()
    assert client.refresh(NOW_MS).parties[KEN].policy == b"new"
    assert "metadata/2.party-KEN.json" in hub.fetched
    assert not any("BEL" in path for path in hub.fetched)


def test_a_restarted_node_fetches_no_record_again(
    federation: Federation, hub: Hub, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    first = client.refresh(NOW_MS)
    hub.fetched.clear()
    assert federation.client(fetch=hub.fetch).refresh(NOW_MS) == first
    assert hub.fetched == ["metadata/2.root.json", "metadata/timestamp.json"]


def test_a_party_may_publish_no_policy(federation: Federation) -> None:
    federation.admit(KEN)
    federation.repository.accept(federation.submission(KEN, policy=None), NOW_MS)
    assert federation.client().refresh(NOW_MS).parties[KEN].policy is None


def test_a_view_says_when_a_party_has_to_publish_again(federation: Federation) -> None:
    federation.enrol(KEN)
    entry = federation.client().refresh(NOW_MS).parties[KEN]
    assert entry.expires_ms == NOW_MS + PARTY_LIFE_MS


def test_a_party_that_was_admitted_and_has_not_published_is_named(
    federation: Federation,
) -> None:
    federation.admit(KEN)
    view = federation.client().refresh(NOW_MS)
    assert view.parties == {}
    assert view.failed == {KEN: "KEN was admitted, but has not published its record"}


def test_what_is_no_longer_needed_is_not_kept(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    for policy in (b"one", b"two", b"three"):
        submission = federation.submission(KEN, policy=policy)
        federation.repository.accept(submission, NOW_MS)
        client.refresh(NOW_MS)
    folder = federation.folder / "node"
    kept = [path.read_bytes() for path in (folder / "targets").iterdir()]
    assert len(kept) == 3
    assert b"three" in kept
    assert len(list(folder.glob("verified-*"))) == 1


def test_what_a_party_published_last_is_counted(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    with pytest.raises(RefreshError, match="no directory was fetched"):
        client.published_version(KEN)
    client.refresh(NOW_MS)
    assert client.published_version(KEN) == 1
    assert client.published_version(BEL) == 0


class TestOffline:
    """The local copy, while it lives."""

    def test_the_local_copy_says_the_same_without_any_fetch(
        self, federation: Federation, hub: Hub, client: DirectoryClient
    ) -> None:
        federation.enrol(KEN, BEL)
        first = client.refresh(NOW_MS)
        hub.fetched.clear()
        hub.failure = UnreachableError("nobody there")
        assert client.cached_view(NOW_MS) is first
        assert federation.client(fetch=hub.fetch).cached_view(NOW_MS) == first
        assert hub.fetched == []

    def test_nothing_fetched_yet_is_said_so(self, client: DirectoryClient) -> None:
        with pytest.raises(RefreshError, match="no directory was fetched into"):
            client.cached_view(NOW_MS)

    def test_an_expired_copy_names_the_clock_as_a_possible_cause(
        self, client: DirectoryClient
    ) -> None:
        client.refresh(NOW_MS)
        with pytest.raises(
            RefreshError,
            match=r"timestamp of the directory expired at 2100-01-02 00:00 UTC.* clock",
        ):
            client.cached_view(NOW_MS + TIMESTAMP_LIFE_MS)

    def test_an_online_refresh_follows_an_offline_view(
        self, federation: Federation, hub: Hub, client: DirectoryClient
    ) -> None:
        federation.enrol(KEN)
        client.refresh(NOW_MS)
        restarted = federation.client(fetch=hub.fetch)
        restarted.cached_view(NOW_MS)
        federation.enrol(BEL)
        assert set(restarted.refresh(NOW_MS).parties) == {KEN, BEL}

    def test_a_tampered_copy_is_not_believed(
        self, federation: Federation, client: DirectoryClient
    ) -> None:
        federation.enrol(KEN)
        client.refresh(NOW_MS)
        path = federation.folder / "node" / "verified" / "snapshot.json"
        path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2'))
        with pytest.raises(RefreshError):
            federation.client().cached_view(NOW_MS)


def test_two_hundred_parties_are_fetched_and_found_unchanged(
    federation: Federation, hub: Hub, client: DirectoryClient
) -> None:
    letters = "ABCDEFGHIJKLMN"
    parties = [PartyId(f"X{a}{b}") for a in letters for b in letters + "O"][:200]
    federation.enrol_together(parties)
    view = client.refresh(NOW_MS)
    assert set(view.parties) == set(parties)
    assert view.failed == {}
    hub.fetched.clear()
    assert client.refresh(NOW_MS) is view
    assert len(hub.fetched) == 2
    largest = max(
        len(path.read_bytes()) for path in Path(federation.folder).rglob("*.json")
    )
    assert largest < 1_000_000  # one message of the bus


def test_nothing_is_logged_above_info(
    federation: Federation, client: DirectoryClient, caplog: pytest.LogCaptureFixture
) -> None:
    federation.enrol(KEN)
    client.refresh(NOW_MS)
    assert not [r for r in caplog.records if r.levelno > logging.INFO]
