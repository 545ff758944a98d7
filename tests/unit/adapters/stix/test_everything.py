"""Contents in which every field stands, for every system that reports are given to."""

import json
from pathlib import Path

import pymisp
import pytest
from stix2validator import ValidationOptions, validate_instance

from adapters.misp.event import misp_event
from adapters.reading import REPORTED
from adapters.stix.adapter import export_of
from adapters.stix.ledger import Ledger
from adapters.stix.mapping import map_delivery
from adapters.stix.revoking import revoked_objects
from adapters.stix.shelf import revocation
from adapters.values import Delivery
from broker.core.codec.documents import decode_document
from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery
from tests.unit.broker.core.codec.canaries import Seeded, full, variants
from tests.world import KEN

_STRICT = Handling.parse("TLP:AMBER+STRICT H2 PAP:RED", Restrictions(no_onward=True))
_NAMED = "is not a valid UUIDv4 ID"
_BUNDLE = "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d"
_HIDDEN = {f"rogatory.v1.Attachment.{name}" for name in ("key", "blob", "sha256")}
_FULL = [
    (kind, variant)
    for kind in CONTENT_KINDS
    if kind.partition("/")[0] in REPORTED
    for variant in range(min(2, variants(kind)))
]


def delivery(seeded: Seeded) -> Delivery:
    document = decode_document(seeded.kind, seeded.body)
    return example_delivery(
        seeded.kind.partition("/")[0], document=document, handling=_STRICT
    )


def test_every_kind_that_reports_is_a_kind() -> None:
    assert {kind for kind, _ in _FULL} == {f"{name}/1" for name in REPORTED}


@pytest.mark.parametrize(("kind", "variant"), _FULL)
def test_a_full_content_is_valid_stix_and_all_of_it_is_in_the_note(
    kind: str, variant: int
) -> None:
    seeded = full(kind, "ZZ", variant)
    objects = map_delivery(delivery(seeded), KEN).objects
    bundle = {"type": "bundle", "id": _BUNDLE, "objects": list(objects)}
    told = json.loads(json.dumps(bundle))
    result = validate_instance(told, ValidationOptions(version="2.1"))
    assert [str(one) for one in result.errors] == []
    warnings = {str(one) for one in result.warnings}
    assert {one for one in warnings if _NAMED not in one} == set()
    [note] = [str(one["content"]) for one in objects if one["type"] == "note"]
    missing = [
        one.field
        for one in seeded.canaries
        if one.field not in _HIDDEN and one.text not in note
    ]
    assert missing == []


@pytest.mark.parametrize(("kind", "variant"), _FULL)
def test_a_full_content_is_an_event_that_misp_loads(kind: str, variant: int) -> None:
    loaded = pymisp.MISPEvent()
    event = misp_event(delivery(full(kind, "ZZ", variant)), KEN)
    loaded.load(json.loads(json.dumps(event)))
    assert loaded.objects


@pytest.mark.parametrize(("kind", "variant"), _FULL)
def test_no_key_of_a_file_leaves(kind: str, variant: int) -> None:
    seeded = full(kind, "ZZ", variant)
    one = delivery(seeded)
    told = json.dumps([map_delivery(one, KEN).objects, misp_event(one, KEN)])
    secret = [canary for canary in seeded.canaries if canary.field in _HIDDEN]
    assert [canary.field for canary in secret if canary.text in told] == []
    assert secret or not any("Attachment" in one.field for one in seeded.canaries)


@pytest.mark.parametrize(("kind", "variant"), _FULL)
def test_nothing_of_a_content_is_in_what_is_left_of_it(
    kind: str, variant: int, tmp_path: Path
) -> None:
    seeded = full(kind, "ZZ", variant)
    one = delivery(seeded)
    export = Ledger(tmp_path / "ledger").add(
        export_of(one, map_delivery(one, KEN)), one.received_ms
    )
    left = json.dumps(revoked_objects(revocation(export, KEN))).encode()
    left += b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert [canary.field for canary in seeded.canaries if canary.raw in left] == []
    assert [
        canary.field for canary in seeded.canaries if canary.text.encode() in left
    ] == []
