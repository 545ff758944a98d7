"""Claims about controlled components and marking practices, day by day."""

import datetime as dt
import itertools
from typing import Final

from broker.core.registers.practices import practices
from broker.core.registers.statement import Statement
from keys.identity import PartyId
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN, MEX

SUMMER: Final = dt.date(2026, 7, 1)
FAMILY: Final = stated(
    "component-declaration", BEL, example("component-declaration"), days=1
)


def _declared(
    component: str,
    since: str,
    *,
    by: PartyId = BEL,
    days: float = 2,
    **more: object,
) -> Statement:
    fields = example(
        "component-declaration",
        component=f"PART_KIND_{component}",
        validFrom=since,
        modular=None,
        **more,
    )
    return stated("component-declaration", by, fields, days=days)


def _marked(period: dict[str, str], form: str, **more: object) -> Statement:
    marks = [{"kind": "MARK_KIND_IMPORT", "form": form}]
    fields = example("marking-practice", period=period, marks=marks, **more)
    return stated("marking-practice", KEN, fields, days=len(form))


def _components(*statements: Statement, day: dt.date = SUMMER) -> list[str]:
    found = practices(statements).components_on("BEL", day)
    return [one.component for one in found]


def test_a_declaration_holds_from_its_first_day_on() -> None:
    assert _components(FAMILY, day=dt.date(2026, 6, 30)) == []
    assert _components(FAMILY) == ["trigger-group"]
    assert practices([FAMILY]).countries == ("BEL",)


def test_the_one_that_has_begun_to_hold_last_counts_in_any_order() -> None:
    old = _declared("BARREL", "2020-01-01", days=9)
    to_come = _declared("BOLT", "2027-01-01", days=10)
    for statements in itertools.permutations((FAMILY, old, to_come)):
        assert _components(*statements) == ["trigger-group"]
        assert _components(*statements, day=dt.date(2021, 1, 1)) == ["barrel"]
        assert _components(*statements, day=dt.date(2028, 1, 1)) == ["bolt"]


def test_of_two_from_one_day_the_later_word_counts() -> None:
    assert _components(_declared("BARREL", "2026-07-01"), FAMILY) == ["barrel"]


def test_families_stand_side_by_side_and_the_nearest_holds() -> None:
    general = _declared("FRAME_RECEIVER", "2015-01-01", make=None, modelFamily=None)
    maker = _declared("BARREL", "2015-01-01", modelFamily=None)
    known = practices([general, maker, FAMILY])
    assert len(known.components_on("BEL", SUMMER)) == 3
    for make, family, component in (
        ("Example Works", "MODEL-20", "trigger-group"),
        ("Example Works", "Model 17", "barrel"),
        ("Another", "Model 20", "frame-receiver"),
    ):
        found = known.component_of("BEL", make, family, SUMMER)
        assert found is not None
        assert found.component == component
    assert known.component_of("KEN", "", "", SUMMER) is None


def test_what_others_say_of_a_state_gives_way_to_its_own_word() -> None:
    others = _declared("BARREL", "2026-07-01", by=MEX, days=90)
    assert _components(others) == ["barrel"]
    assert not practices([others]).components[0].own
    assert _components(FAMILY, others) == ["trigger-group"]


def test_what_is_revoked_or_withdrawn_holds_no_longer() -> None:
    for act in ("REVOKE", "WITHDRAW"):
        assert _components(FAMILY, step(BEL, act, FAMILY, days=9)) == []
        assert _components(FAMILY, step(MEX, act, FAMILY, days=9)) == ["trigger-group"]


def test_what_is_said_anew_stands_in_its_place() -> None:
    fields = example("component-declaration", component="PART_KIND_FRAME_RECEIVER")
    anew = stated("component-declaration", BEL, fields, days=9, answers=FAMILY)
    known = practices([anew, FAMILY])
    assert [one.component for one in known.components] == ["frame-receiver"]


def test_a_marking_practice_applies_within_its_period() -> None:
    old = _marked({"from": "1999", "to": "2015-06"}, "OLD")
    new = _marked({"from": "2015-07"}, "NEWER")
    known = practices([new, old])
    for day, forms in (
        (dt.date(1998, 12, 31), []),
        (dt.date(2015, 6, 30), ["OLD"]),
        (dt.date(2015, 7, 1), ["NEWER"]),
    ):
        found = known.markings_on("KEN", day)
        assert [mark.form for one in found for mark in one.marks] == forms


def test_each_occasion_has_a_practice_of_its_own() -> None:
    at_import = _marked({"from": "2015"}, "IMPORT")
    made = _marked({"from": "2015"}, "MADE", occasion="MARKING_OCCASION_MANUFACTURE")
    found = practices([at_import, made]).markings_on("KEN", SUMMER)
    assert [one.occasion for one in found] == ["import", "manufacture"]
