"""Events of MISP's core format, as MISP's own library and schemas read them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pymisp
import pytest

from adapters.misp.event import misp_event, template
from adapters.reading import REPORTED
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery, example_document
from tests.world import KEN, MEX

DATA = Path(pymisp.__file__).parent / "data"
OBJECTS = Path(__file__).parents[4] / "adapters" / "misp" / "objects"
TEMPLATES = sorted(one.name for one in OBJECTS.iterdir())


def event(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a delivery
    made: dict[str, Any] = misp_event(example_delivery(kind, **fields), KEN)["Event"]
    return made


def names(made: dict[str, Any]) -> set[str]:
    return {tag["name"] for tag in made["Tag"]}


@pytest.mark.parametrize("kind", sorted(REPORTED))
def test_pymisp_loads_it_and_its_templates_know_every_attribute(kind: str) -> None:
    told = misp_event(example_delivery(kind), KEN)
    loaded = pymisp.MISPEvent()
    loaded.load(json.loads(json.dumps(told)))
    assert loaded.uuid == told["Event"]["uuid"]
    assert len(loaded.objects) == len(told["Event"]["Object"])
    for one in loaded.objects:
        own = OBJECTS if one.name in TEMPLATES else None
        made = pymisp.MISPObject(one.name, strict=True, misp_objects_path_custom=own)
        for attribute in one.attributes:
            added = made.add_attribute(attribute.object_relation, attribute.value)
            assert added is not None
            assert added.type == attribute.type
        assert made.template_uuid == one.template_uuid
        assert "required" not in str(made._validate())


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_as_misp_wants_templates(name: str) -> None:
    schema = json.loads((DATA / "misp-objects" / "schema_objects.json").read_text())
    jsonschema.Draft4Validator(schema).validate(dict(template(name)))


def test_it_fits_the_schema_of_the_core_format() -> None:
    schema = json.loads((DATA / "schema-lax.json").read_text())
    told = misp_event(example_delivery("diversion-alert"), KEN)
    jsonschema.Draft4Validator(schema).validate(told)


def test_the_same_delivery_gives_the_same_event() -> None:
    assert event("stock-loss") == event("stock-loss")
    other = misp_event(example_delivery("stock-loss"), MEX)["Event"]
    assert other["uuid"] != event("stock-loss")["uuid"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("TLP:CLEAR", "3"),
        ("TLP:CLEAR H0", "3"),
        ("TLP:GREEN", "1"),
        ("TLP:GREEN H2", "0"),
        ("TLP:AMBER", "0"),
        ("TLP:AMBER+STRICT", "0"),
        ("TLP:RED", "0"),
    ],
)
def test_nothing_is_distributed_further_than_its_handling_lets_it(
    label: str, expected: str
) -> None:
    assert event("stock-loss", handling=label)["distribution"] == expected


def test_restrictions_keep_it_with_the_organisation() -> None:
    bound = Handling.parse("TLP:CLEAR", Restrictions(no_onward=True))
    made = event("stock-loss", handling=bound)
    assert made["distribution"] == "0"
    assert 'rogatory:handling="restricted"' in names(made)
    assert "not to be passed on" in json.dumps(made)


def test_it_is_never_published_by_itself() -> None:
    assert event("stock-loss", handling="TLP:CLEAR")["published"] is False


def test_handling_and_grades_are_tags_of_known_taxonomies() -> None:
    found = names(event("route-intelligence", handling="TLP:AMBER+STRICT H2 PAP:RED"))
    assert {
        "tlp:amber+strict",
        "PAP:RED",
        'rogatory:europol-handling="H2"',
        'admiralty-scale:source-reliability="b"',
        'admiralty-scale:information-credibility="3"',
    } <= found


def test_a_grade_of_europol_is_not_converted() -> None:
    europol = {"source": "EUROPOL_SOURCE_X", "information": "EUROPOL_INFORMATION_4"}
    document = example_document("route-intelligence", evaluation={"europol": europol})
    found = names(event("route-intelligence", document=document))
    assert 'rogatory:europol-evaluation="x4"' in found
    assert not any(one.startswith("admiralty") for one in found)


def test_a_serial_number_correlates_and_a_make_does_not() -> None:
    made = event("trace-request")
    [firearm] = [one for one in made["Object"] if one["name"] == "rogatory-firearm"]
    told = {one["object_relation"]: one for one in firearm["Attribute"]}
    assert told["serial-number"]["value"] == "ZZQ-00417"
    assert told["serial-number"]["disable_correlation"] is False
    assert told["make"]["disable_correlation"] is True
    assert told["other-serial-number"]["value"] == "slide: ZZQ-00417"


def test_markdown_in_a_content_is_text_in_the_report() -> None:
    document = example_document("stock-loss", circumstances="![x](http://a.example/)")
    [report] = event("stock-loss", document=document)["EventReport"]
    assert all(line.startswith("    ") for line in report["content"].splitlines())
