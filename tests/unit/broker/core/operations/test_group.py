"""An operation message opens a closed group that everybody in it is told of."""

from collections.abc import Mapping
from typing import Final

import pytest

from broker.core.errors import Code, RefusedError
from broker.core.operations.group import Group, Phase, group_in
from keys.identity import PartyId
from tests.world import BEL, DAY_MS, KEN, MEX, STRANGER

DOCUMENT: Final[Mapping[str, object]] = {
    "name": "EXAMPLE TIDE",
    "members": ["BEL", "KEN", "MEX"],
    "from": "2027-01-10",
    "until": "2027-01-31",
    "objective": "Parcels",
}
JAN_10_MS: Final = 1_799_539_200_000


def opened(by: PartyId = KEN, to: tuple[PartyId, ...] = (BEL, MEX)) -> Group:
    return group_in(DOCUMENT, digest=b"o" * 32, by=by, to=to)


def test_a_group_is_what_the_message_says() -> None:
    group = opened()
    assert (group.name, group.opener, group.objective) == (
        "EXAMPLE TIDE",
        KEN,
        "Parcels",
    )
    assert group.members == {BEL, KEN, MEX}
    assert group.others(BEL) == {KEN, MEX}


def test_it_lasts_from_the_first_day_to_the_last_in_utc() -> None:
    group = opened()
    assert group.starts_ms == JAN_10_MS
    assert group.ends_ms == JAN_10_MS + 22 * DAY_MS - 1
    phases = [
        group.phase(at)
        for at in (JAN_10_MS - 1, JAN_10_MS, group.ends_ms, group.ends_ms + 1)
    ]
    assert phases == [Phase.AHEAD, Phase.RUNNING, Phase.RUNNING, Phase.OVER]


@pytest.mark.parametrize(
    ("by", "to", "words"),
    [
        (STRANGER, (BEL, KEN, MEX), "ZZZ opens it"),
        (KEN, (BEL,), "MEX: it goes to all"),
        (KEN, (BEL, MEX, STRANGER), "ZZZ: it goes to members only"),
    ],
)
def test_a_group_that_not_everybody_knows_alike_is_none(
    by: PartyId, to: tuple[PartyId, ...], words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        opened(by, to)
    assert refused.value.code is Code.OUTSIDE_OPERATION


def test_a_member_that_can_be_no_party_makes_no_group_and_no_crash() -> None:
    """The hub's name has the form of a code, and is none."""
    document = {**DOCUMENT, "members": ["HUB", "KEN"]}
    with pytest.raises(RefusedError, match="HUB") as refused:
        group_in(document, digest=b"", by=KEN, to=())
    assert refused.value.code is Code.OUTSIDE_OPERATION
