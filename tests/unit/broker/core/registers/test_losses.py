"""Claims about what stocks have lost, and what was found of it."""

import base64
from typing import Final

from broker.core.registers.losses import Loss, losses
from broker.core.registers.statement import Statement
from keys.identity import PartyId
from tests.unit.broker.core.registers.stating import Fields, example, stated, step
from tests.world import BEL, KEN

REPORT: Final = stated("stock-loss", KEN, example("stock-loss"))


def _found(
    *serials: str, by: PartyId = BEL, answers: Statement | None = REPORT, **more: object
) -> Statement:
    """Returns a record of a recovery of weapons with these numbers."""
    row = example("recovery-record")["items"][0]
    rows: list[Fields] = []
    for serial in serials:
        firearm = {**row["item"]["firearm"], "frameSerial": {"raw": serial}}
        item = {**row["item"], "firearm": firearm, "reference": f"TEST-{serial}"}
        rows.append({**row, "item": item})
    fields = example("recovery-record", items=rows, **more)
    return stated("recovery-record", by, fields, days=30, answers=answers)


def _one(*statements: Statement) -> Loss:
    [loss] = losses(statements)
    return loss


def test_a_loss_says_what_when_and_where() -> None:
    loss = _one(REPORT)
    assert (loss.kind, str(loss.span)) == ("stolen", "2026-02-01 to 2026-03-30")
    assert loss.items[0].thing.serial == "ZZQ-70013"
    assert [(one.quantity, one.found) for one in loss.series] == [(20, ())]
    assert not loss.complete


def test_what_is_found_is_counted_item_by_item_and_within_a_series() -> None:
    found = _found("ZZQ-70013", "zzq 01040", "ZZQ-01040", "ZZQ-01059", "ZZQ-01060")
    loss = _one(found, REPORT)
    assert loss.items[0].found == (found,)
    assert loss.series[0].found == ("zzq 01040", "ZZQ-01059")


def test_it_is_complete_once_everything_was_found() -> None:
    whole = [f"ZZQ-{number:05d}" for number in range(1040, 1060)]
    assert _one(REPORT, _found("ZZQ-70013", *whole)).complete
    assert not _one(REPORT, _found("ZZQ-70013", *whole[:-1])).complete


def test_a_series_is_counted_by_its_numbers_where_nothing_is_stated() -> None:
    series = [{"first": {"raw": "ZZQ-7"}, "last": {"raw": "ZZQ-11"}}]
    report = stated("stock-loss", KEN, example("stock-loss", serialRanges=series))
    assert _one(report).series[0].quantity == 5
    odd = [{"first": {"raw": "ZZQ-7"}, "last": {"raw": "ZZQ-B"}}]
    report = stated("stock-loss", KEN, example("stock-loss", serialRanges=odd))
    assert _one(report).series[0].quantity == 0


def test_the_number_nought_is_one_of_a_series() -> None:
    series = [{"first": {"raw": "ZZQ-0"}, "last": {"raw": "ZZQ-1"}}]
    report = stated("stock-loss", KEN, example("stock-loss", serialRanges=series))
    assert _one(report, _found("ZZQ-0", "ZZQ-1", answers=report)).series[0].found == (
        "ZZQ-0",
        "ZZQ-1",
    )


def test_a_record_about_another_matter_finds_nothing() -> None:
    assert _one(REPORT, _found("ZZQ-70013", answers=None)).items[0].found == ()


def test_a_record_may_refer_to_a_loss_instead_of_answering_it() -> None:
    reference = {"messageDigest": base64.b64encode(REPORT.digest).decode()}
    found = _found("ZZQ-70013", answers=None, references=[reference])
    assert _one(REPORT, found).items[0].found == (found,)


def test_a_certificate_of_disposition_finds_what_it_names() -> None:
    item = example("stock-loss")["items"][0]
    fields = example(
        "disposition-record",
        disposition="DISPOSITION_DESTROYED",
        standard=None,
        parts=None,
        items=[item],
    )
    gone = stated("disposition-record", KEN, fields, days=40, answers=REPORT)
    assert _one(gone, REPORT).items[0].found == (gone,)


def test_a_report_said_anew_counts_and_a_closed_one_is_over() -> None:
    anew = stated(
        "stock-loss",
        KEN,
        example("stock-loss", serialRanges=None),
        days=3,
        answers=REPORT,
    )
    closed = step(KEN, "CLOSE", anew, days=9)
    loss = _one(closed, anew, REPORT)
    assert (loss.first, loss.statement, loss.series) == (REPORT.digest, anew, ())
    assert (loss.ended, loss.complete) == ("closed", True)
