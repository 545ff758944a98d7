"""What was asked before is seen again, however it is written; a further leg is none."""

from dataclasses import replace
from itertools import count

import pytest

from broker.core.handling import Handling, Restrictions
from broker.core.linting.circumstances import Circumstances, EarlierTrace
from broker.core.linting.elsewhere import filed_at, fingerprints
from tests.unit.broker.core.linting.sound_request import (
    GIVEN,
    Change,
    codes,
    linted,
    of_firearm,
    put,
    request,
)

_FILED = [{"system": "INTERPOL iARMS", "identifier": "IA-2026/0044-TEST"}]


def _earlier(
    by: str = "KEN", to: str = "BEL", case: str = "", **more: object
) -> EarlierTrace:
    change = put(references=_FILED) if more.pop("filed", False) else None
    document = request(change)
    return EarlierTrace(
        message_digest=bytes(32),
        message_id="01a2019a-867e",
        by=by,
        to=(to,),
        case_reference=case,
        fingerprints=frozenset(fingerprints(document).values()),
        filed=frozenset(filed_at(document)),
    )


def _given(*earlier: EarlierTrace, **changes: object) -> Circumstances:
    return replace(GIVEN, earlier=earlier, **changes)  # type: ignore[arg-type]  # of a test


@pytest.mark.parametrize(
    "change",
    [
        None,
        of_firearm(put(frameSerial={"raw": "zzq 417"})),
        of_firearm(put(calibre={"raw": "9 mm Parabellum"})),
        of_firearm(put(make="GLOCK Ges.m.b.H.")),
        of_firearm(put(model="G17")),
    ],
    ids=count(),
)
def test_the_same_weapon_is_known_again_in_other_words(change: Change | None) -> None:
    assert "asked-before" in codes(change, _given(_earlier()))


@pytest.mark.parametrize(
    "change",
    [
        of_firearm(put(frameSerial={"raw": "ZZQ-418"})),
        of_firearm(put(make="Beretta")),
        of_firearm(put(calibre={"raw": ".40 S&W"})),
        of_firearm(put(frameSerial=None)),
    ],
    ids=count(),
)
def test_another_weapon_is_another(change: Change) -> None:
    assert "asked-before" not in codes(change, _given(_earlier()))


def test_the_same_doubtful_reading_is_known_again() -> None:
    doubtful = of_firearm(put(frameSerial={"raw": "ZZQ-41?", "mask": "ZZQ-41?"}))
    before = replace(
        _earlier(), fingerprints=frozenset(fingerprints(request(doubtful)).values())
    )
    assert "asked-before" in codes(doubtful, _given(before))


def test_many_earlier_requests_cost_as_much_as_one() -> None:
    once, often = (linted(None, _given(*[_earlier()] * n)) for n in (1, 9))
    assert once.score == often.score == 85
    assert "and 8 more" in often.findings[0].seen


def test_a_further_leg_of_the_case_is_not_asked_again() -> None:
    before = _earlier(to="BEL", case="KEN-2026-0117")
    assert "asked-before" not in codes(None, _given(before))
    assert "asked-before" in codes(None, _given(before, recipients=("BEL",)))
    goes_on = put(continues="AAAA")
    assert "asked-before" not in codes(goes_on, _given(_earlier(to="BEL")))


def test_what_another_state_asks_about_is_a_hint() -> None:
    found = codes(None, _given(_earlier(by="MEX", to="KEN")))
    assert found == {"asked-by-others"}


def test_external_reference_is_told_and_found_again() -> None:
    other = put(
        references=[{"system": "interpol IARMS", "identifier": "ia20260044test"}]
    )

    def change(document: dict[str, object]) -> None:
        other(document)
        of_firearm(put(frameSerial={"raw": "ZZQ-999"}))(document)

    assert {"filed-elsewhere", "asked-before"} <= codes(
        change, _given(_earlier(filed=True))
    )
    assert "filed-elsewhere" in codes(
        put(references=[{"system": "ATF eTrace", "identifier": "T1"}])
    )


def test_leads_and_embargoes_are_told_and_cost_little() -> None:
    known = _given(
        own_records=(("items[0]", "your own list may hold it"),),
        alike=(("items[0]", "a stock-loss may be of the same"),),
        embargoes=("items[0]: made in AUT (a regime)",),
    )
    report = linted(None, known)
    assert {one.code.value for one in report.findings} == {
        "in-own-records",
        "alike",
        "embargo",
    }
    assert report.score == 92


def test_whoever_is_asked_should_hold_the_records() -> None:
    assert "not-the-one-to-ask" in codes(None, replace(GIVEN, recipients=("BEL",)))
    # A further leg goes where an answer leads.
    leads_on = put(continues="AAAA")
    assert "not-the-one-to-ask" not in codes(
        leads_on, replace(GIVEN, recipients=("BEL",))
    )


def test_open_handling_and_no_onward_are_hints() -> None:
    open_one = replace(GIVEN, handling=Handling.parse("TLP:GREEN"))
    assert codes(None, open_one) == {"handling-open"}
    bound = Handling.parse("TLP:AMBER", Restrictions(no_onward=True))
    assert codes(None, replace(GIVEN, handling=bound)) == {"no-onward"}
