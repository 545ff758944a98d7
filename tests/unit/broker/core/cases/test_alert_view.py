"""Claims about a diversion alert as it stands."""

import itertools
from dataclasses import replace
from typing import Any, Final

import pytest

from broker.core.cases.alert_values import (
    ALERT,
    STEP,
    UPDATE,
    AlertMessage,
    AlertView,
    Answered,
)
from broker.core.cases.alert_view import alert_view, value_at
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, MEX, NOW_MS, STRANGER

_NUMBERS: Final = itertools.count()


def message(
    kind: str,
    by: PartyId,
    reply_to: AlertMessage | None = None,
    **more: Any,  # noqa: ANN401 - content
) -> AlertMessage:
    """Returns a message to all others; what is not a field of it is its content."""
    at_ms = more.pop("at_ms", NOW_MS)
    digest = sha256(str(next(_NUMBERS)).encode())
    return AlertMessage(
        digest=digest,
        name=digest.hex()[:8],
        kind=kind,
        by=by,
        to=more.pop("to", tuple(one for one in (BEL, KEN, MEX) if one != by)),
        at_ms=at_ms,
        in_reply_to=b"" if reply_to is None else reply_to.digest,
        document=more,
    )


FIRST: Final = message(
    ALERT,
    BEL,
    title="Pistols",
    items=[{"firearm": {"model": "Model 17"}}],
    asks=[
        {"kind": "ASK_KIND_HOLD", "of": "KEN", "byWhen": "2027-02-01"},
        {"kind": "ASK_KIND_INFORM"},
    ],
)


def update(
    number: int,
    by: PartyId = BEL,
    **more: Any,  # noqa: ANN401 - content
) -> AlertMessage:
    sort = more.pop("sort", "UPDATE_KIND_UPDATE")
    made = message(UPDATE, by, FIRST, sequence=number, **{"reason": "so", **more})
    return replace(made, document={**made.document, "kind": sort})


def corrects(
    number: int,
    by: PartyId,
    value: str,
    **more: Any,  # noqa: ANN401 - content
) -> AlertMessage:
    said = {"field": "items[0].firearm.model", "was": "Model 17", "is": value}
    return update(number, by, corrections=[said], **more)


def step(
    by: PartyId, act: str, to: AlertMessage = FIRST, *asks: int, at_ms: int = NOW_MS
) -> AlertMessage:
    more = {"asks": [*asks]} if asks else {}
    return message(STEP, by, to, act=f"CASE_ACT_{act}", at_ms=at_ms, **more)


def answers(view: AlertView) -> list[dict[str, Answered]]:
    return [{one.party: one.answered for one in ask.replies} for ask in view.asks]


def test_an_alert_alone_stands_as_it_was_issued() -> None:
    view = alert_view(FIRST, [])
    assert (view.updates, view.corrections, view.ending) == ((), (), None)
    assert answers(view) == [
        {KEN: Answered.OPEN},
        {KEN: Answered.OPEN, MEX: Answered.OPEN},
    ]


def test_updates_come_by_number_whatever_order_and_date_they_have() -> None:
    second, first = update(2, at_ms=NOW_MS), update(1, at_ms=NOW_MS + 5)
    other = update(1, KEN, at_ms=NOW_MS + 1)
    views = [
        alert_view(FIRST, order)
        for order in itertools.permutations([second, first, other, first])
    ]
    for view in views:
        assert [one.message for one in view.updates] == [other, first, second]


def test_numbers_that_are_missing_are_told() -> None:
    view = alert_view(FIRST, [update(3), update(2, KEN)])
    assert view.missing == {BEL: (1, 2), KEN: (1,)}
    assert alert_view(FIRST, [update(1)]).missing == {}


def test_a_number_beyond_all_measure_does_not_make_a_list_of_that_length() -> None:
    assert len(alert_view(FIRST, [update(2**32 - 1)]).missing[BEL]) == 2


def test_two_contents_of_one_number_contradict_one_another() -> None:
    one, other = update(1, reason="a"), update(1, reason="b")
    view = alert_view(FIRST, [one, other, update(2)])
    assert [u.contradicted for u in view.updates] == [True, True, False]


def test_corrections_stand_side_by_side_and_conflicts_are_shown() -> None:
    said = [
        corrects(1, BEL, "Model 18"),
        corrects(1, KEN, "Model 19", at_ms=NOW_MS + 1),
    ]
    [corrected] = alert_view(FIRST, said).corrections
    assert (corrected.field, corrected.original) == (
        "items[0].firearm.model",
        "Model 17",
    )
    assert [one.value for one in corrected.statements] == ["Model 18", "Model 19"]
    assert corrected.conflicting
    later = corrects(2, BEL, "Model 19", at_ms=NOW_MS + 2)
    [settled] = alert_view(FIRST, [*said, later]).corrections
    assert len(settled.statements) == 3
    assert not settled.conflicting


def test_only_the_issuer_ends_an_alert() -> None:
    foreign = update(1, KEN, sort="UPDATE_KIND_CANCEL")
    view = alert_view(FIRST, [foreign])
    assert (view.ending, view.updates[0].counts) == (None, False)
    own = update(1, sort="UPDATE_KIND_RESOLVE", at_ms=NOW_MS + 1)
    assert alert_view(FIRST, [foreign, own]).ending == own


def test_a_stranger_and_what_answers_something_else_are_left_out() -> None:
    elsewhere = message(ALERT, BEL)
    view = alert_view(
        FIRST,
        [
            update(1, STRANGER),
            message(UPDATE, BEL, elsewhere, sequence=1),
            message(ALERT, KEN, FIRST),
        ],
    )
    assert (view.updates, view.steps) == ((), ())


def test_what_was_done_is_told_of_each_thing_that_was_asked() -> None:
    steps = [
        step(KEN, "START", FIRST, 1),
        step(KEN, "REPORT", FIRST, 1, at_ms=NOW_MS + 1),
        step(MEX, "DECLINE", at_ms=NOW_MS + 2),
        step(KEN, "UPDATE", FIRST, at_ms=NOW_MS + 3),
    ]
    view = alert_view(FIRST, reversed(steps))
    assert answers(view) == [
        {KEN: Answered.REPORTED},
        {KEN: Answered.OPEN, MEX: Answered.DECLINED},
    ]
    assert view.asks[0].replies[0].steps == tuple(steps[:2])
    assert len(view.steps) == 4


def test_what_an_update_asks_for_is_answered_in_reply_to_it() -> None:
    more = update(1, asks=[{"kind": "ASK_KIND_INSPECT", "of": "KEN"}])
    view = alert_view(FIRST, [more, step(KEN, "REPORT", more)])
    assert [ask.message for ask in view.asks] == [FIRST, FIRST, more]
    assert answers(view)[2] == {KEN: Answered.REPORTED}
    assert answers(view)[0] == {KEN: Answered.OPEN}


def test_what_was_added_is_told_with_who_added_it() -> None:
    more = update(1, KEN, legs=[{"vessel": "Example Trader"}])
    view = alert_view(FIRST, [more])
    assert [*view.additions("legs")] == [(more, [{"vessel": "Example Trader"}])]
    assert [*view.additions("items")] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("items[0].firearm.model", "Model 17"),
        ("items[1].firearm.model", None),
        ("title", "Pistols"),
        ("title.more", None),
        ("items.first", None),
        ("", FIRST.document),
    ],
)
def test_a_path_leads_to_what_stands_there_or_nowhere(path: str, value: object) -> None:
    assert value_at(FIRST.document, path) == value


@pytest.mark.parametrize("place", ["9" * 5000, "٣", "-1", "7"])
def test_a_place_that_no_list_has_is_none_and_crashes_nothing(place: str) -> None:
    assert value_at(FIRST.document, f"items[{place}]") is None


def test_thousands_of_updates_under_one_number_are_looked_at_in_time() -> None:
    """What compares each with each would take minutes."""
    same = [update(1, title="Pistols") for _ in range(5000)]
    assert not any(one.contradicted for one in alert_view(FIRST, same).updates)
    other = update(1, title="Rifles")
    assert all(one.contradicted for one in alert_view(FIRST, [*same, other]).updates)
