"""What a revocation means for messages that were received before it was known."""

import pytest
from hypothesis import given, strategies as st

from broker.core.reliance import (
    Revocation,
    doubt_under,
    read_revocations,
    revocations,
    write_revocations,
)
from keys.directory.model import RevocationReason
from keys.identity import KeyId
from tests import world
from tests.world import BEL, KEN, NOW_MS

STOLEN = Revocation(party=KEN, since_ms=NOW_MS, reason=RevocationReason.KEY_COMPROMISE)
SUPERSEDED = Revocation(party=KEN, since_ms=NOW_MS, reason=RevocationReason.SUPERSEDED)
UNSAID = Revocation(party=KEN, since_ms=NOW_MS, reason=None)


@pytest.mark.parametrize("revocation", [STOLEN, SUPERSEDED, UNSAID])
def test_what_was_signed_since_then_is_not_to_be_relied_on(
    revocation: Revocation,
) -> None:
    doubt = doubt_under(revocation, NOW_MS, NOW_MS + 1)
    assert doubt is not None
    assert doubt.text == (
        "signed with a key revoked since 2027-01-15T08:00:00.000Z: do not rely on it"
    )
    # Also when our clock, or theirs, is a little off.
    assert doubt_under(revocation, NOW_MS, NOW_MS - 1) is not None


@pytest.mark.parametrize("revocation", [STOLEN, SUPERSEDED, UNSAID])
def test_what_was_signed_and_received_before_is_good(revocation: Revocation) -> None:
    assert doubt_under(revocation, NOW_MS - 2, NOW_MS - 1) is None


@pytest.mark.parametrize(
    ("revocation", "in_doubt"), [(STOLEN, True), (UNSAID, True), (SUPERSEDED, False)]
)
def test_a_thief_who_dates_back_is_doubted_by_the_time_of_arrival(
    revocation: Revocation, *, in_doubt: bool
) -> None:
    doubt = doubt_under(revocation, NOW_MS - 1, NOW_MS)
    assert (doubt is not None) == in_doubt
    assert doubt is None or "ask the origin by another channel" in doubt.text


def test_revoked_signing_keys_are_found_in_a_directory() -> None:
    key = world.signing_key(KEN)
    entry = world.entry(
        KEN,
        signing_keys=(
            world.published(key, revoked_at_ms=NOW_MS, revocation_reason=STOLEN.reason),
            world.published(world.signing_key("KEN/new")),
        ),
    )
    assert revocations(world.view({KEN: entry})) == {key.public.key_id: STOLEN}
    assert revocations(world.view()) == {}


@given(
    st.dictionaries(
        st.binary(min_size=32, max_size=32).map(KeyId),
        st.builds(
            Revocation,
            party=st.sampled_from([KEN, BEL]),
            since_ms=st.integers(min_value=1),
            reason=st.none() | st.sampled_from(RevocationReason),
        ),
    )
)
def test_what_is_remembered_is_read_as_it_was_written(
    known: dict[KeyId, Revocation],
) -> None:
    assert read_revocations(write_revocations(known)) == known


def test_nothing_is_remembered_at_first() -> None:
    assert read_revocations(None) == {}
