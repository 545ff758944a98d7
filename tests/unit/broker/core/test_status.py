"""What became of a message, as far as the receipts at hand tell."""

from collections.abc import Sequence

import pytest

from broker.core.errors import ConfigurationError
from broker.core.model import Receipt, Stage
from broker.core.status import MessageStatus, iso_time, message_status, parse_time
from keys.identity import HUB
from tests import world
from tests.world import BEL, DAY_MS, MEX, NOW_MS

MESSAGE = world.sealed(to=[BEL, MEX])


def said(stage: Stage, by: str, at_ms: int = NOW_MS) -> Receipt:
    return world.receipt(MESSAGE, stage, by, at_ms=at_ms)


def status(receipts: Sequence[Receipt], now_ms: int = NOW_MS) -> MessageStatus:
    return message_status(MESSAGE.header, receipts, submitted_ms=NOW_MS, now_ms=now_ms)


def stages(found: MessageStatus) -> dict[str, list[str]]:
    return {
        one.party: [step.stage.name for step in one.steps] for one in found.recipients
    }


def test_without_receipts_every_recipient_is_named_and_nothing_is_said() -> None:
    assert stages(status([])) == {"BEL": [], "MEX": []}


def test_what_the_hub_says_holds_for_all_and_what_a_party_says_for_itself() -> None:
    found = status(
        [
            said(Stage.OPENED, BEL, NOW_MS + 2),
            said(Stage.ACCEPTED, HUB),
            said(Stage.REFUSED, MEX, NOW_MS + 3),
        ]
    )
    assert stages(found) == {
        "BEL": ["ACCEPTED", "OPENED"],
        "MEX": ["ACCEPTED", "REFUSED"],
    }
    assert found.recipients[1].steps[1].code == "cannot-open"


def test_steps_of_one_moment_are_in_their_natural_order() -> None:
    receipts = [said(Stage.OPENED, BEL), said(Stage.DELIVERED, BEL)]
    assert stages(status(receipts))["BEL"] == ["DELIVERED", "OPENED"]


def test_a_message_has_expired_when_somebody_has_not_settled_it_in_time() -> None:
    late = MESSAGE.header.expires_ms + 1
    one = [said(Stage.OPENED, BEL)]
    both = [*one, said(Stage.REFUSED, MEX)]
    assert not status(one).expired
    assert not status(one, MESSAGE.header.expires_ms).expired
    assert status(one, late).expired
    assert not status(both, late).expired


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert iso_time(0) == "1970-01-01T00:00:00.000Z"
    assert iso_time(DAY_MS + 7) == "1970-01-02T00:00:00.007Z"


@pytest.mark.parametrize("at_ms", [0, 1, NOW_MS, NOW_MS + 999])
def test_a_time_is_read_as_it_was_written(at_ms: int) -> None:
    assert parse_time(iso_time(at_ms)) == at_ms


def test_a_time_is_read_in_any_zone_but_not_without_one() -> None:
    assert parse_time("2027-01-15T10:00+02:00") == NOW_MS
    for text in ("2027-01-15T08:00:00", "tomorrow", ""):
        with pytest.raises(ConfigurationError, match="with its zone"):
            parse_time(text)
