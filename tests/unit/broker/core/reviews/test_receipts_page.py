"""Claims about docs/receipts.md: its tables say what the code does."""

from pathlib import Path
from typing import Final

import pytest

from broker.app.receipt_watching import receipt_clocks
from broker.core.model import BY_AUTHORITY, Stage
from broker.core.reviews.clocks import (
    ASKING_KINDS,
    BEGINS,
    HOUR_MS,
    MINUTE_MS,
    URGENT_KINDS,
    Clock,
    ReceiptClocks,
)
from broker.core.reviews.findings import Conflict
from broker.core.sentences import describe_stage
from broker.services.node_intake import _OF_HUB, _OF_RECIPIENT
from broker.settings import NodeSettings

_PAGE: Final = (Path(__file__).parents[5] / "docs" / "receipts.md").read_text("utf-8")
_SETTINGS: Final = NodeSettings(party="KEN", name="Kenya")
_NODE: Final = {
    "accepted": ("accepted_within_minutes", MINUTE_MS, "min"),
    "delivered": ("delivered_within_hours", HOUR_MS, "h"),
    "opened": ("opened_within_hours", HOUR_MS, "h"),
    "acknowledged": ("acknowledged_within_hours", HOUR_MS, "h"),
    "acknowledged, urgent": ("urgent_acknowledged_within_hours", HOUR_MS, "h"),
    "told": ("told_within_hours", HOUR_MS, "h"),
}


def _authors(stage: Stage) -> str:
    if stage is Stage.WITHHELD:
        return "an origin, to itself"
    if stage in _OF_HUB & _OF_RECIPIENT:
        return "the hub, or a recipient"
    if stage in _OF_HUB:
        return "the hub"
    assert stage in _OF_RECIPIENT
    whose = "authority" if stage in BY_AUTHORITY else "node"
    return f"a recipient's {whose}"


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_on_the_page_with_who_may_say_it(stage: Stage) -> None:
    line = f"| {stage.name} | {_authors(stage)} | {describe_stage(stage)} |"
    assert line in _PAGE.splitlines()


@pytest.mark.parametrize("name", _NODE)
def test_every_clock_is_on_the_page_with_its_setting(name: str) -> None:
    setting, _, unit = _NODE[name]
    begins = BEGINS[Clock(name.partition(",")[0])]
    default = getattr(_SETTINGS, setting)
    line = f"| {name} | {begins} | `{setting}` | {default} {unit} |"
    assert line in _PAGE.splitlines()
    assert {Clock(one.partition(",")[0]) for one in _NODE} == set(Clock) == set(BEGINS)


def test_settings_of_a_node_are_the_clocks_it_goes_by() -> None:
    assert receipt_clocks(_SETTINGS) == ReceiptClocks()
    changed = {setting: 7 for setting, _, _ in _NODE.values()}
    clocks = receipt_clocks(_SETTINGS.model_copy(update=changed))
    spans = [7 * unit_ms for _, unit_ms, _ in _NODE.values()]
    assert [
        clocks.accepted_ms,
        clocks.delivered_ms,
        clocks.opened_ms,
        clocks.acknowledged_ms,
        clocks.urgent_ms,
        clocks.told_ms,
    ] == spans


def test_every_contradiction_is_on_the_page() -> None:
    table = _PAGE.partition("| Contradiction |")[2].partition("\n\n")[0]
    named = [line.split("`")[1] for line in table.splitlines()[2:]]
    assert named == [one.value for one in Conflict]


def test_the_kinds_that_ask_for_an_answer_are_on_the_page() -> None:
    *first, last = (f"`{kind.partition('/')[0]}`" for kind in sorted(ASKING_KINDS))
    assert f"{', '.join(first)} and {last}." in _PAGE
    [urgent] = URGENT_KINDS
    assert f"`{urgent.partition('/')[0]}` is urgent" in _PAGE
