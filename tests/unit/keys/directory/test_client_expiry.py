"""Everything signed has an end, and the clock of the caller decides."""

import pytest

from keys.directory.client import DirectoryClient
from keys.directory.roles import (
    DAY_MS,
    PARTY_LIFE_MS,
    ROOT_LIFE_MS,
    SNAPSHOT_LIFE_MS,
    TIMESTAMP_LIFE_MS,
)
from keys.errors import RefreshError
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    LONG_AGO_MS,
    NOW_MS,
    Federation,
)


@pytest.mark.parametrize("life_ms", [TIMESTAMP_LIFE_MS, SNAPSHOT_LIFE_MS])
def test_a_frozen_repository_is_refused(client: DirectoryClient, life_ms: int) -> None:
    client.refresh(NOW_MS)
    with pytest.raises(RefreshError, match=r"the timestamp .* expired .*hub.*clock"):
        client.refresh(NOW_MS + life_ms)


def test_expired_targets_are_refused_though_the_hub_signs_on(
    federation: Federation, client: DirectoryClient
) -> None:
    late_ms = NOW_MS + ROOT_LIFE_MS
    federation.repository.refresh_timestamp(late_ms)
    with pytest.raises(RefreshError, match=r"the targets .* stewards must sign"):
        client.refresh(late_ms)


def test_expiry_by_the_real_clock_is_explained_too(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.repository.commit(LONG_AGO_MS)
    with pytest.raises(RefreshError, match=r"expired.*clock of this machine"):
        client.refresh(NOW_MS)


def test_one_party_that_expired_leaves_the_others_standing(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.enrol(KEN)
    later_ms = NOW_MS + PARTY_LIFE_MS
    federation.admit(BEL)
    late = federation.submission(BEL, now_ms=later_ms)
    assert set(client.refresh(NOW_MS).parties) == {KEN}
    federation.repository.accept(late, later_ms - DAY_MS)
    federation.repository.commit(later_ms)
    view = client.refresh(later_ms)
    assert set(view.parties) == {BEL}
    assert "KEN published expired at 2100-04-01" in view.failed[KEN]


def test_a_party_that_expires_leaves_an_unchanged_view_in_time(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.admit(KEN)
    # Signed 89 days ago: a day is left.
    early = federation.submission(KEN, now_ms=NOW_MS - 89 * DAY_MS)
    federation.repository.accept(early, NOW_MS)
    federation.repository.commit(NOW_MS + DAY_MS // 2)
    assert set(client.refresh(NOW_MS + DAY_MS // 2).parties) == {KEN}
    view = client.refresh(NOW_MS + DAY_MS)
    assert set(view.parties) == set()
    assert set(view.failed) == {KEN}


def test_a_clock_that_was_ahead_and_is_put_right_brings_the_party_back(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.admit(KEN)
    early = federation.submission(KEN, now_ms=NOW_MS - 89 * DAY_MS)
    federation.repository.accept(early, NOW_MS)
    federation.repository.commit(NOW_MS + DAY_MS // 2)
    assert set(client.refresh(NOW_MS + DAY_MS).failed) == {KEN}
    assert set(client.refresh(NOW_MS).parties) == {KEN}


def test_a_party_that_expired_by_the_real_clock_fails_alone(
    federation: Federation, client: DirectoryClient
) -> None:
    federation.enrol(KEN, BEL)
    old = federation.submission(KEN, now_ms=LONG_AGO_MS)
    files = {f"parties/KEN/{name}": data for name, data in old.files.items()}
    federation.collude("party-KEN", old.metadata, 2, files)
    view = client.refresh(NOW_MS)
    assert set(view.parties) == {BEL}
    assert "expired" in view.failed[KEN]
