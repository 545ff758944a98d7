"""Claims about indicator 16.4.2: the formula, and what counts above and below it."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.indicators.arms import (
    Arms,
    Reason,
    Recovered,
    RecoveryRecord,
    Traced,
    count_arms,
    item_key,
    status_of,
)
from broker.core.indicators.sdg import (
    NOT_AVAILABLE,
    Cell,
    Figures,
    by_year,
    figures_of,
    percent,
    together,
)

FIREARM = "ITEM_CLASS_FIREARM"


def unknown(_item: object) -> str:
    return ""


def record(
    *entries: dict[str, Any],
    kind: str = "SEIZED",
    ground: str | None = "CRIMINAL",
    year: str = "2025-03",
    at_ms: int = 1,
    name: str = "r1",
) -> RecoveryRecord:
    document: dict[str, object] = {
        "recovery": {"kind": f"RECOVERY_KIND_{kind}", "date": year},
        "items": list(entries),
    }
    if ground is not None:
        document["seizureGround"] = f"SEIZURE_GROUND_{ground}"
    return RecoveryRecord(name=name, at_ms=at_ms, document=document)


def entry(
    status: str | None = None, *, quantity: int = 1, **item: object
) -> dict[str, Any]:
    stated = {} if status is None else {"tracingStatus": f"TRACING_STATUS_{status}"}
    return {
        "item": {"itemClass": FIREARM, "quantity": str(quantity), **item},
        "marked": "CHECK_ANSWER_YES",
        "traced": "CHECK_ANSWER_NO",
        **stated,
    }


def test_traced_and_established_count_above_and_everything_recovered_below() -> None:
    records = [
        record(entry("TRACED", quantity=3), entry("PENDING", quantity=2)),
        record(entry("ESTABLISHED_OTHER"), kind="FOUND", ground=None, name="r2"),
        record(entry(quantity=4), kind="SURRENDERED", ground=None, name="r3"),
    ]
    counted = count_arms(records, {}, unknown)
    figures = figures_of(counted.arms)
    assert figures.total() == 10
    assert figures.proportion() == Fraction(4, 10)
    assert percent(figures.proportion()) == "40.00"
    assert figures.proportion(numerator=[Traced.TRACED]) == Fraction(3, 10)
    assert figures.proportion(recovered=Recovered.SURRENDERED) == 0
    assert not counted.left_out


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (record(entry(), ground="ADMINISTRATIVE"), Reason.ADMINISTRATIVE),
        (record(entry(), ground=None), Reason.NO_GROUND),
        (record(entry(itemClass="ITEM_CLASS_AMMUNITION")), Reason.NOT_ARMS),
        (record(entry(itemClass="ITEM_CLASS_PART")), Reason.NOT_ARMS),
        (record(entry(firearm={"yearManufacture": 1899})), Reason.ANTIQUE),
    ],
)
def test_what_does_not_count_is_named_with_its_reason(
    one: RecoveryRecord, reason: Reason
) -> None:
    counted = count_arms([one], {}, unknown)
    assert counted.arms == ()
    assert counted.left_out == {(2025, reason): 1}


def test_a_weapon_of_1900_is_no_antique() -> None:
    counted = count_arms(
        [record(entry(firearm={"yearManufacture": 1900}))], {}, unknown
    )
    assert len(counted.arms) == 1


def test_nothing_recovered_is_not_available_and_not_nought() -> None:
    assert figures_of(()).proportion() is None
    assert percent(None) == NOT_AVAILABLE
    assert percent(Fraction(0)) == "0.00"


def test_an_object_counts_once_as_the_latest_record_has_it() -> None:
    first = record(entry("PENDING", reference="EX-1"))
    later = record(entry("TRACED", reference="EX-1"), at_ms=9, name="r9")
    for order in ([first, later], [later, first]):
        [arms] = count_arms(order, {}, unknown).arms
        assert arms.traced is Traced.TRACED


def test_a_late_answer_changes_the_year_of_the_recovery() -> None:
    records = [record(entry("PENDING", reference="EX-1"), year="2023")]
    before = by_year(count_arms(records, {}, unknown).arms)
    after = by_year(
        count_arms(records, {"reference/EX-1": Traced.TRACED}, unknown).arms
    )
    assert before[2023].proportion() == 0
    assert after[2023].proportion() == 1


def test_a_trace_that_is_pending_takes_nothing_back() -> None:
    records = [record(entry("TRACED", reference="EX-1"))]
    counted = count_arms(records, {"reference/EX-1": Traced.PENDING}, unknown)
    assert counted.arms[0].traced is Traced.TRACED


def test_a_known_object_is_the_same_in_two_records_without_reference() -> None:
    def known(item: object) -> str:
        return "ab12" if isinstance(item, dict) and "firearm" in item else ""

    gun: dict[str, Any] = {"firearm": {"frameSerial": {"raw": "ZZQ1"}}}
    records = [record(entry(**gun)), record(entry(**gun), name="r2", at_ms=2)]
    [arms] = count_arms(records, {}, known).arms
    assert arms.identifiable
    assert arms.key == item_key("any", 0, {"firearm": {}}, known)


def test_a_region_is_sums_over_sums_and_no_mean() -> None:
    small = Figures(cells={(Recovered.FOUND, Traced.TRACED): Cell(arms=1)})
    large = Figures(cells={(Recovered.FOUND, Traced.PENDING): Cell(arms=99)})
    assert percent(together([small, large]).proportion()) == "1.00"


cells = st.dictionaries(
    st.tuples(st.sampled_from(Recovered), st.sampled_from(Traced)),
    st.builds(Cell, arms=st.integers(0, 50), identifiable=st.integers(0, 50)),
)


@given(st.lists(st.builds(Figures, cells=cells), max_size=4))
def test_the_order_of_a_regions_members_changes_nothing(parts: list[Figures]) -> None:
    assert together(parts) == together(reversed(parts))
    proportion = together(parts).proportion()
    assert proportion is None or 0 <= proportion <= 1


@given(st.lists(st.sampled_from(Traced), min_size=1, max_size=6))
def test_arms_are_counted_by_what_tracing_has_come_to(found: list[Traced]) -> None:
    arms = [
        Arms(
            key=str(number),
            year=2025,
            recovered=Recovered.SEIZED,
            traced=traced,
            number=1,
            identifiable=False,
        )
        for number, traced in enumerate(found)
    ]
    figures = figures_of(arms)
    assert figures.total() == len(found)
    assert figures.proportion(identifiable=True) is None


def test_percentages_are_rounded_half_up_to_two_places() -> None:
    assert percent(Fraction(9557, 10_000)) == "95.57"
    assert percent(Fraction(1, 300)) == "0.33"
    assert percent(Fraction(1, 16_000)) == "0.01"


def test_every_status_has_a_word() -> None:
    assert status_of("TRACING_STATUS_ESTABLISHED_OTHER") is Traced.ESTABLISHED_OTHER
    assert status_of("TRACING_STATUS_UNSPECIFIED") is None
