"""Names and paths of the directory."""

from datetime import UTC, datetime

import pytest
from tuf.api.metadata import Targets

from keys.directory.roles import (
    FEDERATION_PATH,
    expiry_ms,
    is_served,
    metadata_path,
    party_of,
    path_of,
    pattern_of,
    role_of,
    target_path,
    utc,
)
from tests.unit.keys.directory.federation import KEN


def test_a_role_leads_back_to_its_party() -> None:
    assert party_of(role_of(KEN)) == KEN


@pytest.mark.parametrize(
    "role", ["targets", "party-HUB", "party-ken", "party-KENX", ""]
)
def test_a_role_that_is_no_partys_leads_to_none(role: str) -> None:
    assert party_of(role) is None


def test_a_party_publishes_below_its_own_folder() -> None:
    assert path_of(KEN, "record.pb") == "parties/KEN/record.pb"
    assert pattern_of(KEN) == "parties/KEN/*"


@pytest.mark.parametrize(
    "path",
    [
        metadata_path("timestamp"),
        metadata_path("root", 12),
        metadata_path("party-KEN", 3),
        target_path(path_of(KEN, "policy.pb"), "ab" * 32),
        target_path(FEDERATION_PATH, "ab" * 32),
    ],
)
def test_every_path_that_clients_ask_for_is_served(path: str) -> None:
    assert is_served(path)


@pytest.mark.parametrize(
    "path",
    [
        "lock",
        "metadata/../lock",
        "metadata/root.json",
        "metadata/1.party-KEN.json\n",
        "metadata/0.root.json",
        "metadata/.new-x",
        "/etc/passwd",
        "targets/parties/KEN/record.pb",
        f"targets/parties/../../{'ab' * 32}.record.pb",
        f"targets/parties/KEN/{'AB' * 32}.record.pb",
        "",
    ],
)
def test_no_other_path_reaches_the_disk(path: str) -> None:
    assert not is_served(path)


def test_times_go_to_and_fro() -> None:
    at_ms = 4_102_444_800_000
    assert utc(at_ms) == datetime(2100, 1, 1, tzinfo=UTC)
    assert expiry_ms(Targets(expires=utc(at_ms + 999))) == at_ms
