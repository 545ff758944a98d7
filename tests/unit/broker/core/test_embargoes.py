"""A table of embargoes flags what people have to look at, and decides nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest
from google.protobuf.descriptor import Descriptor

from broker.core.codec.kinds import KINDS
from broker.core.codec.options import form_of
from broker.core.embargoes import (
    COUNTRY_FIELDS,
    PLACE_FIELDS,
    Direction,
    Embargo,
    EmbargoTable,
    flags,
    items_in,
)
from broker.core.policy.facts import ItemClass
from rogatory.v1 import rules_pb2

DAY: Final = dt.date(2026, 6, 1)
ON_KENYA: Final = Embargo(
    regime="TEST-1",
    resolution="Test resolution 1",
    target="the territory called Example",
    countries=frozenset({"KEN"}),
    first=dt.date(2020, 1, 1),
    last=dt.date(2026, 12, 31),
)
ON_GROUP: Final = Embargo(
    regime="TEST-2",
    resolution="Test resolution 2",
    target="Example Group",
    names=frozenset({"Example Group"}),
    scope=frozenset({ItemClass.AMMUNITION}),
    first=dt.date(2020, 1, 1),
)
PARTIES_NOT_PLACES: Final = frozenset(
    {"of", "party", "parties", "provider", "countries", "partners", "owner", "members"}
)
"""Fields that name parties of the exchange, and no territory that goods go to."""


def paths(document: Mapping[str, object], *embargoes: Embargo) -> list[str]:
    return [one.path for one in flags(document, EmbargoTable(embargoes=embargoes), DAY)]


def test_an_empty_table_flags_nothing() -> None:
    assert flags({"destinedTo": "KEN"}, EmbargoTable(), DAY) == ()
    assert not EmbargoTable().is_stale(DAY)


def test_a_destination_under_an_embargo_is_flagged_with_where_it_stands() -> None:
    document = {
        "title": "Pistols",
        "consignment": {
            "exportedFrom": "BEL",
            "destinedTo": "KEN",
            "legs": [{"loading": "BEANR", "discharge": "KEMBA"}],
        },
        "parties": [{"role": "ACTOR_ROLE_END_USER", "country": "KEN"}],
    }
    [first, *_] = flags(document, EmbargoTable(embargoes=(ON_KENYA,)), DAY)
    assert first.path == "consignment.destinedTo"
    assert first.why == "KEN is under an embargo: the territory called Example"
    assert paths(document, ON_KENYA) == [
        "consignment.destinedTo",
        "consignment.legs[0].discharge",
        "parties[0].country",
    ]


def test_what_comes_from_there_is_no_breach_of_an_embargo_on_what_goes_there() -> None:
    document = {
        "exportedFrom": "KEN",
        "items": [{"firearm": {"countryManufacture": "KEN"}}],
        "legs": [{"loading": "KEMBA"}],
    }
    assert paths(document, ON_KENYA) == []
    both = Embargo(
        regime="TEST-3",
        resolution="Test resolution 3",
        target="Example",
        countries=frozenset({"KEN"}),
        direction=Direction.BOTH,
        first=DAY,
    )
    assert len(paths(document, both)) == 3


def test_it_holds_from_its_first_day_to_its_last() -> None:
    assert not ON_KENYA.in_force(dt.date(2019, 12, 31))
    assert ON_KENYA.in_force(dt.date(2020, 1, 1))
    assert ON_KENYA.in_force(dt.date(2026, 12, 31))
    assert not ON_KENYA.in_force(dt.date(2027, 1, 1))
    assert ON_GROUP.in_force(dt.date(2099, 1, 1))
    table = EmbargoTable(embargoes=(ON_KENYA, ON_GROUP))
    assert table.in_force(dt.date(2027, 1, 1)) == (ON_GROUP,)
    assert table.in_force(DAY, "KEN") == (ON_KENYA,)
    assert table.in_force(DAY, "KEN", frozenset({ItemClass.EXPLOSIVE})) == (ON_KENYA,)


def test_names_are_compared_without_case_and_space() -> None:
    document = {
        "items": [{"itemClass": "ITEM_CLASS_AMMUNITION"}],
        "actor": {"name": "example   GROUP"},
        "aliases": ["Another", "Example Group"],
    }
    assert paths(document, ON_GROUP) == ["actor.name", "aliases[1]"]


def test_only_items_in_its_scope_are_flagged() -> None:
    actor = {"name": "Example Group"}
    of = [{"itemClass": "ITEM_CLASS_FIREARM"}]
    assert paths({"actor": actor, "items": of}, ON_GROUP) == []


def test_whoever_does_not_name_items_is_flagged_rather_than_passed_over() -> None:
    assert paths({"actor": {"name": "Example Group"}}, ON_GROUP) == ["actor.name"]


@pytest.mark.parametrize(
    "name",
    ["\u00c9x\u00e1mple-Group", "\uff25\uff58\uff41\uff4d\uff50\uff4c\uff45 Group"],
)
def test_accents_and_wide_letters_do_not_hide_a_name(name: str) -> None:
    assert paths({"parties": [{"name": name}]}, ON_GROUP) == ["parties[0].name"]


def test_a_name_of_signs_alone_is_nobodys() -> None:
    signs = replace(ON_GROUP, names=frozenset({"---"}))
    assert paths({"parties": [{"name": "..."}]}, signs) == []


def test_arms_that_only_the_tariff_names_may_be_of_any_class() -> None:
    pistol = {"itemClass": "ITEM_CLASS_FIREARM"}
    assert items_in({"items": [pistol]}) == {ItemClass.FIREARM}
    assert (
        items_in({"items": [pistol], "goods": [{"hsCode": "9306.30"}]}) == frozenset()
    )
    assert items_in({"items": [pistol], "goods": [{"hsCode": "8542"}]}) == {
        ItemClass.FIREARM
    }


@pytest.mark.parametrize(
    ("checked", "stale"),
    [(None, True), (dt.date(2025, 5, 1), True), (dt.date(2025, 12, 1), False)],
)
def test_a_table_that_nobody_has_looked_at_for_a_year_is_stale(
    checked: dt.date | None, *, stale: bool
) -> None:
    table = EmbargoTable(embargoes=(ON_KENYA,), checked_on=checked)
    assert table.is_stale(DAY) is stale


def test_no_field_that_names_a_territory_is_forgotten() -> None:
    named: dict[int, set[str]] = {}
    seen: set[str] = set()

    def walk(message: Descriptor) -> None:
        if message.full_name in seen:
            return
        seen.add(message.full_name)
        for field in message.fields:
            named.setdefault(form_of(field), set()).add(field.json_name)
            if field.message_type:
                walk(field.message_type)

    for kind in KINDS.values():
        walk(kind.descriptor)
    countries = named[rules_pb2.FORM_COUNTRY] - PARTIES_NOT_PLACES
    assert countries == set(COUNTRY_FIELDS)
    assert named[rules_pb2.FORM_LOCODE] == set(PLACE_FIELDS)
