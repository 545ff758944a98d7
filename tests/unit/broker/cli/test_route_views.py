"""How a corridor is put into words."""

import datetime as dt

from broker.cli.route_views import corridor_lines, corridor_row
from broker.core.handling import Restrictions, Tlp
from broker.core.routes.fusion import fuse
from tests.unit.broker.core.routes.route_world import report
from tests.unit.broker.core.routes.test_fusion import EXACT, OTHER

TODAY = dt.date(2028, 1, 2)


def test_a_general_corridor_says_that_it_counts_for_none() -> None:
    bound = Restrictions(no_onward=True)
    made = [report(1, EXACT), report(2, OTHER), report(3, ("LBY", "NER"), bound=bound)]
    found = fuse(made, level=Tlp.RED, today=TODAY, with_expired=True).corridors
    [general] = [one for one in found if one.general]
    lines = list(corridor_lines(general, TODAY))
    assert any("fits several more exact corridors" in line for line in lines)
    assert any("not to be passed on without" in line for line in lines)
    assert any("2027-12-31 (over)" in line for line in lines)
    assert "LBY > NER (general)" in corridor_row(general, TODAY)


def test_a_report_without_grade_or_expiry_is_shown_without() -> None:
    made = [report(1, EXACT, evaluation={}, expiresOn="", trend="TREND_NEW")]
    [one] = fuse(made, level=Tlp.RED, today=TODAY).corridors
    lines = list(corridor_lines(one, TODAY))
    assert any("no grade" in line for line in lines)
    assert any(line.strip() == "expires" for line in lines)
    assert any("new 1" in line for line in lines)
