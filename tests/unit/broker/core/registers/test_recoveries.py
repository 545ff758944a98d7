"""Claims about recovered items: what remains to be done, and what ends it."""

import base64
import itertools
from dataclasses import replace
from typing import Any, Final

import pytest

from broker.core.registers.recoveries import Missing, Recovery, recoveries
from broker.core.registers.statement import Statement
from tests.unit.broker.core.registers.stating import Fields, example, stated, step
from tests.world import BEL, KEN

RECORD: Final = stated("recovery-record", KEN, example("recovery-record"))


def _certificate(
    answers: Statement | None = RECORD, days: float = 50, **changes: object
) -> Statement:
    fields = example("disposition-record", **changes)
    return stated("disposition-record", KEN, fields, days=days, answers=answers)


def _destroyed(*items: Fields, **more: Any) -> Statement:  # noqa: ANN401 - of _certificate
    return _certificate(
        disposition="DISPOSITION_DESTROYED",
        standard=None,
        parts=None,
        certificate=None,
        items=list(items),
        **more,
    )


def _one(*statements: Statement) -> Recovery:
    [found] = recoveries(statements)
    return found


def _row(**changes: object) -> Recovery:
    row = {**example("recovery-record")["items"][0], **changes}
    return _one(stated("recovery-record", KEN, example("recovery-record", items=[row])))


def _missing(*statements: Statement) -> list[tuple[Missing, ...]]:
    return [item.missing for item in _one(*statements).items]


def test_the_checklist_says_what_remains_of_each_item() -> None:
    assert _missing(RECORD) == [
        (Missing.TRACE_RESULT, Missing.DISPOSITION),
        (Missing.MARK, Missing.TRACE, Missing.DISPOSITION),
    ]
    found = _one(RECORD)
    assert (found.kind, found.date, found.country) == ("seized", "2026-04-21", "KEN")
    assert found.items[0].thing.label == "pistol Example Works Model 17 9x19"
    assert not found.complete


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"recorded": "CHECK_ANSWER_NO"}, Missing.RECORD),
        ({"marked": "CHECK_ANSWER_NO"}, Missing.MARK),
        ({"traced": "CHECK_ANSWER_NOT_YET"}, Missing.TRACE),
        ({"disposition": "DISPOSITION_DESTROYED"}, Missing.CERTIFICATE),
        ({"disposition": "DISPOSITION_STORED"}, Missing.DISPOSITION),
    ],
)
def test_each_gap_is_named(changes: dict[str, object], missing: Missing) -> None:
    done = {"tracingStatus": "TRACING_STATUS_TRACED"}
    if changes.get("traced") is not None:
        done = {"tracingStatus": "TRACING_STATUS_PENDING"}
    found = _row(**{"disposition": "DISPOSITION_RETURNED", **done, **changes})
    assert missing in found.items[0].missing
    assert not found.complete


def test_nothing_is_missing_when_all_is_done() -> None:
    found = _row(
        tracingStatus="TRACING_STATUS_TRACED", disposition="DISPOSITION_OFFICIAL_USE"
    )
    assert found.items[0].missing == ()
    assert found.complete


def test_a_certificate_ends_the_item_that_it_names_in_any_order() -> None:
    certificate = _certificate()
    for statements in itertools.permutations((RECORD, certificate)):
        found = _one(*statements)
        first, second = found.items
        assert first.disposition == "deactivated"
        assert [one.statement for one in first.certificates] == [certificate]
        assert Missing.DISPOSITION not in first.missing
        assert second.certificates == ()
        assert found.unplaced == ()


def test_a_certificate_is_found_by_reference_too() -> None:
    reference = {"messageDigest": base64.b64encode(RECORD.digest).decode()}
    certificate = _certificate(None, references=[reference])
    assert _one(RECORD, certificate).items[0].disposition == "deactivated"


def test_a_serial_number_alone_names_an_item_whatever_its_joints() -> None:
    item = example("disposition-record")["items"][0]
    firearm = {**item["firearm"], "frameSerial": {"raw": "zzq 01044"}}
    named = {"itemClass": item["itemClass"], "firearm": firearm}
    assert _one(RECORD, _certificate(items=[named])).items[0].certificates


def test_a_certificate_that_names_no_item_ends_nothing_and_is_shown() -> None:
    vague = _destroyed({"itemClass": "ITEM_CLASS_FIREARM"})
    found = _one(RECORD, vague)
    assert found.unplaced == (vague,)
    assert [item.certificates for item in found.items] == [(), ()]


def test_a_certificate_without_a_number_ends_the_only_item() -> None:
    items = example("recovery-record")["items"][1:]
    record = stated("recovery-record", KEN, example("recovery-record", items=items))
    vague = _destroyed({"itemClass": "ITEM_CLASS_FIREARM"}, answers=record)
    [item] = _one(record, vague).items
    # Destroyed, it need not be marked any more.
    assert item.missing == (Missing.TRACE,)


def test_nobody_else_can_certify_away_what_a_state_holds() -> None:
    foreign = stated(
        "disposition-record",
        BEL,
        example("disposition-record"),
        days=9,
        answers=RECORD,
    )
    found = _one(RECORD, foreign)
    assert found.items[0].certificates == ()
    assert found.unplaced == ()


def test_whoever_passes_on_a_forged_certificate_ends_nothing() -> None:
    reference = {"messageDigest": base64.b64encode(RECORD.digest).decode()}
    forged = _certificate(None, references=[reference])
    found = _one(RECORD, replace(forged, via=BEL))
    assert found.items[0].certificates == ()
    passed_on = _one(replace(RECORD, via=BEL), replace(forged, via=BEL))
    assert passed_on.items[0].certificates


def test_what_is_certified_in_part_leaves_the_rest_open() -> None:
    item = {
        "itemClass": "ITEM_CLASS_AMMUNITION",
        "quantity": 500,
        "reference": "TEST-LOT-3",
    }
    row = {**example("recovery-record")["items"][0], "item": item}
    record = stated("recovery-record", KEN, example("recovery-record", items=[row]))
    part = _destroyed({**item, "quantity": 300}, answers=record)
    [one] = _one(record, part).items
    assert (one.left, one.disposition) == (200, "destroyed")
    assert Missing.DISPOSITION in one.missing
    rest = _destroyed({**item, "quantity": 200}, answers=record, days=51)
    [one] = _one(record, part, rest).items
    assert one.left == 0
    assert Missing.DISPOSITION not in one.missing


def test_a_record_said_anew_stands_in_the_place_of_the_first() -> None:
    row = example("recovery-record")["items"][0]
    fields = example("recovery-record", items=[{**row, "traced": "CHECK_ANSWER_YES"}])
    anew = stated("recovery-record", KEN, fields, days=5, answers=RECORD)
    found = _one(anew, _certificate(anew), RECORD)
    assert (found.first, found.statement) == (RECORD.digest, anew)
    assert len(found.items) == 1
    assert found.items[0].certificates


def test_another_state_that_answers_has_a_recovery_of_its_own() -> None:
    other = stated(
        "recovery-record", BEL, example("recovery-record"), days=5, answers=RECORD
    )
    assert [one.statement for one in recoveries([other, RECORD])] == [RECORD, other]


@pytest.mark.parametrize(
    ("act", "ended", "complete"),
    [("CLOSE", "closed", False), ("WITHDRAW", "withdrawn", True)],
)
def test_who_opened_a_matter_ends_it(act: str, ended: str, complete: bool) -> None:  # noqa: FBT001 - a table
    found = _one(RECORD, step(KEN, act, RECORD, days=9))
    assert (found.ended, found.complete) == (ended, complete)
    strange = _one(RECORD, step(BEL, act, RECORD, days=9))
    assert strange.ended == ""
