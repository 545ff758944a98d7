"""A table of embargoes is read strictly: a slip in it must not let anything through."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from broker.core.codec.embargoes import parse_embargoes
from broker.core.embargoes import Direction
from broker.core.errors import DocumentError
from broker.core.policy.facts import ItemClass
from broker.infra.document_files import load_file

_FILE: Final = Path(__file__).parents[5] / "examples" / "embargoes" / "synthetic.yaml"


def document(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Returns a table of one embargo, of which some fields are changed."""
    entry = {
        "regime": "TEST-1",
        "resolution": "Test resolution 1",
        "target": "Example",
        "countries": ["ZZX"],
        "from": "2020-01-01",
        **changes,
    }
    kept = {name: value for name, value in entry.items() if value is not None}
    return {"checked-on": "2026-01-01", "embargoes": [kept]}


def paths(table: object) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        parse_embargoes(table)
    return [one.path for one in refused.value.problems]


def test_the_example_is_read() -> None:
    table = parse_embargoes(load_file(_FILE))
    assert [one.regime for one in table.embargoes] == ["TEST-1", "TEST-2", "TEST-0"]
    assert table.checked_on == dt.date(2026, 6, 30)
    group = table.embargoes[1]
    assert group.direction is Direction.BOTH
    assert group.scope is not None
    assert ItemClass.AMMUNITION in group.scope
    assert group.last is None


def test_the_example_names_no_country_there_is() -> None:
    table = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    countries = [c for one in table["embargoes"] for c in one.get("countries", [])]
    assert countries
    assert all(code.startswith("ZZ") for code in countries)


def test_an_empty_table_is_a_table() -> None:
    assert (
        parse_embargoes({"checked-on": "2026-01-01", "embargoes": []}).embargoes == ()
    )


def test_what_is_left_out_covers_everything() -> None:
    [one] = parse_embargoes(document()).embargoes
    assert (one.scope, one.direction, one.exemptions) == (None, Direction.TO, ())


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"countries": ["Example"]}, "embargoes[0].countries[0]"),
        ({"countries": None}, "embargoes[0]"),
        ({"scope": ["pistols"]}, "embargoes[0].scope[0]"),
        ({"from": "2020"}, "embargoes[0].from"),
        ({"to": "2019-12-31"}, "embargoes[0].to"),
        ({"direction": "sideways"}, "embargoes[0].direction"),
        ({"until": "2026-12-31"}, "embargoes[0].until"),
        ({"regime": None}, "embargoes[0].regime"),
    ],
)
def test_a_slip_is_found_where_it_stands(changes: dict[str, Any], path: str) -> None:
    assert path in paths(document(**changes))


def test_what_is_no_table_is_refused() -> None:
    assert paths(["TEST-1"])
    assert paths({"embargoes": []}) == ["checked-on"]
