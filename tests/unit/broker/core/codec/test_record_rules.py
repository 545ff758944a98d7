"""Claims about `broker.core.codec.rules_records`."""

from typing import Any, Final

import pytest

from broker.core.codec.documents import encode_document
from broker.core.codec.redaction import redact
from broker.core.errors import Code, DocumentError, RefusedError
from broker.core.fields import FieldClass, Treatment
from tests.unit.broker.core.registers.stating import example

_PISTOL: Final = {
    "itemClass": "ITEM_CLASS_FIREARM",
    "firearm": {"type": "FIREARM_TYPE_PISTOL"},
}


def _paths(kind: str, **changes: object) -> list[str]:
    """Returns where the example does not fit any more, once it is changed."""
    try:
        encode_document(f"{kind}/1", example(kind, **changes))
    except DocumentError as refused:
        return [problem.path for problem in refused.problems]
    return []


def _expected(kind: str, **changes: object) -> str:
    with pytest.raises(DocumentError) as refused:
        encode_document(f"{kind}/1", example(kind, **changes))
    [problem] = refused.value.problems
    return problem.expected


def test_the_issuer_of_a_certificate_is_the_one_of_its_registration() -> None:
    certificate = {
        **example("certificate-registration")["certificate"],
        "issuedBy": "MEX",
    }
    assert _paths("certificate-registration", certificate=certificate) == [
        "certificate.issuedBy"
    ]
    del certificate["issuedBy"]
    assert _paths("certificate-registration", certificate=certificate) == []


@pytest.mark.parametrize(
    "kind",
    ["certificate-registration", "verification-request", "reexport-notification"],
)
def test_an_end_user_has_that_role(kind: str) -> None:
    actor = {**example(kind)["endUser"], "role": "ACTOR_ROLE_BROKER"}
    assert _paths(kind, endUser=actor) == ["endUser.role"]


@pytest.mark.parametrize("subject", ["DELIVERY", "END_USE"])
def test_goods_are_asked_about_once_they_are_known(subject: str) -> None:
    changes = {"subject": f"VERIFICATION_SUBJECT_{subject}", "consignment": None}
    assert _paths("verification-request", **changes) == []
    assert _paths("verification-request", covers=None, **changes) == ["consignment"]


@pytest.mark.parametrize("finding", ["CONFIRMED_IN_PART", "MISUSED"])
def test_a_finding_that_is_not_plain_says_what_it_means(finding: str) -> None:
    changes = {"finding": f"VERIFICATION_FINDING_{finding}", "detail": None}
    assert _paths("verification-response", **changes) == ["detail"]


@pytest.mark.parametrize("finding", ["UNKNOWN", "UNDER_EXAMINATION"])
def test_what_is_unknown_was_not_counted(finding: str) -> None:
    changes = {"finding": f"VERIFICATION_FINDING_{finding}", "delivered": 3}
    assert _paths("verification-response", **changes) == ["delivered"]


@pytest.mark.parametrize("verdict", ["CONDITIONS", "OBJECTED"])
def test_conditions_and_objections_are_said(verdict: str) -> None:
    changes = {"verdict": f"REEXPORT_VERDICT_{verdict}", "detail": None}
    assert _paths("reexport-response", **changes) == ["detail"]
    changes["verdict"] = "REEXPORT_VERDICT_NOTED"
    assert _paths("reexport-response", **changes) == []


def test_a_notice_of_re_export_names_its_agreement() -> None:
    assert _paths("reexport-notification", agreement=None) == ["agreement"]


def test_only_what_was_seized_has_a_ground_of_seizure() -> None:
    recovery = {**example("recovery-record")["recovery"], "kind": "RECOVERY_KIND_FOUND"}
    assert _paths("recovery-record", recovery=recovery) == ["seizureGround"]


def test_people_are_counted_once() -> None:
    [people] = example("recovery-record")["people"]
    assert _paths("recovery-record", people=[people, people]) == ["people"]
    younger = {**people, "ageBand": "AGE_BAND_18_TO_29"}
    assert _paths("recovery-record", people=[people, younger]) == []


@pytest.mark.parametrize(
    ("traced", "status", "sound"),
    [
        ("YES", "TRACED", True),
        ("YES", "NOT_ATTEMPTED", False),
        ("NOT_YET", "PENDING", True),
        ("NO", "TRACED", False),
        ("NO", "ESTABLISHED_OTHER", True),
        ("NOT_DUE", "NOT_TRACEABLE", False),
    ],
)
def test_the_result_of_tracing_agrees_with_whether_it_was_traced(
    traced: str,
    status: str,
    sound: bool,  # noqa: FBT001 - a table
) -> None:
    item = {
        **example("recovery-record")["items"][0],
        "traced": f"CHECK_ANSWER_{traced}",
        "tracingStatus": f"TRACING_STATUS_{status}",
    }
    found = _paths("recovery-record", items=[item])
    assert found == ([] if sound else ["items[0].tracingStatus"])


def test_no_inventory_shows_what_is_lost_only_later() -> None:
    assert _paths("stock-loss", inventoryOn="2026-01-31") == ["inventoryOn"]
    assert _paths("stock-loss", inventoryOn="2026-02-01") == []


@pytest.mark.parametrize("disposition", ["EVIDENCE", "STORED"])
def test_nothing_is_certified_that_is_not_final(disposition: str) -> None:
    changes: dict[str, Any] = {
        "disposition": f"DISPOSITION_{disposition}",
        "standard": None,
        "parts": None,
    }
    assert _paths("disposition-record", **changes) == ["disposition"]


def test_only_a_deactivation_has_a_standard_and_parts() -> None:
    changes = {"disposition": "DISPOSITION_DESTROYED"}
    assert _paths("disposition-record", **changes) == ["parts", "standard"]
    assert _paths("disposition-record", standard=None) == ["standard"]


@pytest.mark.parametrize(
    ("sort", "parts", "lacking"),
    [
        ("PISTOL", "FRAME_RECEIVER BARREL SLIDE", ""),
        ("PISTOL", "FRAME_RECEIVER BARREL BOLT", ""),
        ("PISTOL", "FRAME_RECEIVER BARREL", "PART_KIND_BOLT or PART_KIND_SLIDE"),
        ("REVOLVER", "FRAME_RECEIVER BARREL BOLT", "PART_KIND_CYLINDER"),
        ("RIFLE", "BARREL BOLT", "PART_KIND_FRAME_RECEIVER"),
        ("RIFLE", "FRAME_RECEIVER BARREL BOLT MAGAZINE", ""),
    ],
)
def test_a_deactivation_leaves_out_no_essential_part(
    sort: str, parts: str, lacking: str
) -> None:
    item = {**_PISTOL, "firearm": {"type": f"FIREARM_TYPE_{sort}"}}
    changes = {
        "items": [item],
        "parts": [f"PART_KIND_{part}" for part in parts.split()],
    }
    if lacking:
        expected = _expected("disposition-record", **changes)
        assert expected == f"expected every essential part; lacking: {lacking}"
    else:
        assert _paths("disposition-record", **changes) == []


def test_a_deactivation_of_nothing_in_particular_names_every_part() -> None:
    assert _paths("disposition-record", parts=None) == ["parts"]
    barrel = {"itemClass": "ITEM_CLASS_PART", "part": {"kind": "PART_KIND_BARREL"}}
    alone = {"items": [barrel], "parts": ["PART_KIND_BARREL"]}
    assert _paths("disposition-record", **alone) == []
    alone["parts"] = ["PART_KIND_SLIDE"]
    assert _paths("disposition-record", **alone) == ["parts"]
    rounds = [{"itemClass": "ITEM_CLASS_AMMUNITION"}]
    assert _paths("disposition-record", items=rounds, parts=None) == []


@pytest.mark.parametrize("part", ["MAGAZINE", "SUPPRESSOR", "CONVERSION_KIT"])
def test_an_accessory_is_no_controlled_component(part: str) -> None:
    assert _paths("component-declaration", component=f"PART_KIND_{part}") == [
        "component"
    ]


def test_a_registration_outlives_a_policy_that_drops_its_certificate() -> None:
    body = encode_document(
        "certificate-registration/1", example("certificate-registration")
    )
    kept = redact(
        "certificate-registration/1", body, {FieldClass.SOURCE: Treatment.DROP}
    )
    assert FieldClass.SOURCE in kept.withheld


def test_a_policy_cannot_turn_an_objection_into_one_without_reason() -> None:
    body = encode_document("reexport-response/1", example("reexport-response"))
    with pytest.raises(RefusedError) as refused:
        redact("reexport-response/1", body, {FieldClass.FREE_TEXT: Treatment.DROP})
    assert refused.value.code is Code.REDACTION
