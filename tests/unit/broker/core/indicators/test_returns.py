"""Claims about the figures that parties exchange."""

from hypothesis import given, strategies as st

from broker.core.codec.documents import decode_document, encode_document
from broker.core.indicators.arms import Recovered, RecoveryRecord, Traced
from broker.core.indicators.people import people_tables
from broker.core.indicators.returns import (
    Return,
    document_of,
    in_force,
    read_return,
)
from broker.core.indicators.sdg import Cell, Figures

KIND = "statistics-return/1"
FIGURES = Figures(cells={(Recovered.FOUND, Traced.TRACED): Cell(arms=3)})

figures = st.builds(
    Figures,
    cells=st.dictionaries(
        st.tuples(st.sampled_from(Recovered), st.sampled_from(Traced)),
        st.builds(Cell, arms=st.integers(1, 10**9), identifiable=st.integers(0, 9)),
    ),
)


@given(figures)
def test_figures_survive_the_wire(stated: Figures) -> None:
    body = encode_document(KIND, document_of("KEN", 2025, 2, stated, "by hand"))
    read = read_return("KEN", 7, decode_document(KIND, body))
    assert read.figures.cells == stated.cells
    assert (read.country, read.year, read.revision) == ("KEN", 2025, 2)


def stated(revision: int, *, by: str = "KEN", at_ms: int = 1) -> Return:
    return Return(
        by=by, country="KEN", year=2025, revision=revision, at_ms=at_ms, figures=FIGURES
    )


def test_the_highest_revision_counts_in_whatever_order_they_come() -> None:
    returns = [stated(2), stated(1, at_ms=9), stated(2, at_ms=5)]
    for order in (returns, returns[::-1]):
        assert in_force(order) == {("KEN", 2025): returns[2]}


def test_nobody_speaks_for_another_country() -> None:
    assert in_force([stated(9, by="BEL")]) == {}


def counting(name: str, at_ms: int, number: int, **item: str) -> RecoveryRecord:
    return RecoveryRecord(
        name=name,
        at_ms=at_ms,
        document={
            "recovery": {"kind": "RECOVERY_KIND_FOUND", "date": "2025"},
            "items": [{"item": {"itemClass": "ITEM_CLASS_FIREARM", **item}}],
            "people": [
                {
                    "role": "PERSON_ROLE_VICTIM",
                    "sex": "SEX_FEMALE",
                    "ageBand": "AGE_BAND_18_TO_29",
                    "count": number,
                }
            ],
        },
    )


def test_people_of_a_record_that_was_restated_are_not_counted_twice() -> None:
    records = [
        counting("a", 1, 6, reference="EX-1"),
        counting("b", 2, 8, reference="EX-1"),
        counting("c", 1, 10),
    ]
    table = people_tables(records, lambda _: "")["victim"]
    assert table.cells["female", "18-to-29"] == 18
    assert table.total == 18
