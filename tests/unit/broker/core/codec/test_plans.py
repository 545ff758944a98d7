"""Claims about plans between contents and values, and about the digest of terms."""

import base64
from typing import Any, Final

import hypothesis.strategies as st
import pytest
from google.protobuf.message import Message
from hypothesis import given, settings

from broker.core.cases.plan_messages import (
    Answer,
    PlanTerms,
    Progress,
    Proposal,
    Report,
    Verdict,
)
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.plans import (
    ANSWER_KIND,
    PROPOSAL_KIND,
    REPORT_KIND,
    answer_document,
    proposal_document,
    read_word,
    report_document,
    terms_document,
    terms_of,
)
from broker.core.codec.strict import write_canonical
from broker.core.errors import Code, DocumentError, RefusedError
from keys.framing import labelled_digest, sha256
from rogatory.v1 import mitigation_pb2

PLAN: Final = sha256(b"plan")
PLAN_TEXT: Final = base64.b64encode(PLAN).decode()
OTHER_TEXT: Final = base64.b64encode(sha256(b"other")).decode()


def document(**changes: object) -> dict[str, Any]:
    """Returns the terms of a plan, as a file has them."""
    return {
        "planId": PLAN_TEXT,
        "parties": ["BEL", "KEN"],
        "actions": [
            {"number": 1, "owner": "KEN", "what": "Hold", "byWhen": "2027-01-01"}
        ],
    } | changes


def amendment(**changes: object) -> dict[str, Any]:
    """Returns an answer that amends."""
    return {
        "planId": PLAN_TEXT,
        "termsDigest": OTHER_TEXT,
        "verdict": "PLAN_VERDICT_AMEND",
        "sequence": 1,
        "reason": "Too late",
        "amended": document(replaces=[OTHER_TEXT]),
    } | changes


def places(kind: str, content: dict[str, Any]) -> list[str]:
    """Returns where a content does not fit."""
    with pytest.raises(DocumentError) as refused:
        encode_document(kind, content)
    return [one.path for one in refused.value.problems]


def test_the_digest_is_that_of_the_canonical_encoding_under_a_label() -> None:
    message = mitigation_pb2.PlanTerms(
        plan_id=PLAN,
        parties=["BEL", "KEN"],
        actions=[
            mitigation_pb2.PlanAction(
                number=1, owner="KEN", what="Hold", by_when="2027-01-01"
            )
        ],
    )
    expected = labelled_digest(b"rogatory/plan-terms/1", write_canonical(message))
    assert terms_of(document()).digest == expected


def test_whatever_changes_in_the_terms_changes_their_digest() -> None:
    variants = [
        document(),
        document(planId=OTHER_TEXT),
        document(parties=["BEL", "KEN", "MEX"]),
        document(reviewOn="2027-02-01"),
        document(replaces=[OTHER_TEXT]),
        document(
            actions=[
                {"number": 1, "owner": "KEN", "what": "Hold", "byWhen": "2027-01-02"}
            ]
        ),
    ]
    assert len({terms_of(one).digest for one in variants}) == len(variants)


codes: Final = st.sampled_from(["BEL", "KEN", "MEX", "XPO"])


@st.composite
def any_terms(draw: st.DrawFn) -> dict[str, Any]:
    """Draws sound terms."""
    parties = sorted(draw(st.sets(codes, min_size=2)))
    owners = draw(st.lists(st.sampled_from(parties), min_size=1, max_size=4))
    replaced = sorted(draw(st.sets(st.binary(min_size=32, max_size=32), max_size=3)))
    what = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)
    fields = document(
        parties=parties,
        actions=[
            {
                "number": number,
                "owner": owner,
                "what": draw(what),
                "byWhen": str(draw(st.dates())),
            }
            for number, owner in enumerate(owners, 1)
        ],
    )
    if replaced:
        fields["replaces"] = [base64.b64encode(one).decode() for one in replaced]
    return fields


@settings(max_examples=40, deadline=None)
@given(any_terms())
def test_terms_come_back_as_they_were_with_the_digest_they_had(
    fields: dict[str, Any],
) -> None:
    terms = terms_of(fields)
    assert terms_of(terms_document(terms)) == terms


def test_a_proposal_comes_back() -> None:
    body = encode_document(PROPOSAL_KIND, proposal_document(document(), "Urgent"))
    word = read_word(PROPOSAL_KIND, body)
    assert word == Proposal(terms=terms_of(document()))
    assert isinstance(word, Proposal)
    assert (word.reason, word.plan_id) == ("Urgent", PLAN)


@pytest.mark.parametrize("verdict", Verdict)
def test_an_answer_comes_back(verdict: Verdict) -> None:
    amended: PlanTerms | None = None
    fields: dict[str, Any] | None = None
    if verdict is Verdict.AMEND:
        fields = document(replaces=[OTHER_TEXT])
        amended = terms_of(fields)
    answer = Answer(
        plan_id=PLAN,
        terms_digest=sha256(b"other"),
        verdict=verdict,
        sequence=3,
        amended=amended,
        reason="So it is",
    )
    body = encode_document(ANSWER_KIND, answer_document(answer, fields))
    assert decode_document(ANSWER_KIND, body)
    assert read_word(ANSWER_KIND, body) == answer


@pytest.mark.parametrize("status", [*Progress][1:])
def test_a_report_comes_back(status: Progress) -> None:
    report = Report(
        plan_id=PLAN,
        terms_digest=PLAN,
        action=2,
        status=status,
        sequence=1,
        date="2027-01",
    )
    body = encode_document(REPORT_KIND, report_document(report))
    assert read_word(REPORT_KIND, body) == report


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"parties": ["KEN", "BEL"]}, "terms.parties"),
        ({"parties": ["BEL", "KEN", "KEN"]}, "terms.parties"),
        ({"parties": ["KEN"]}, "terms.parties"),
        ({"replaces": [OTHER_TEXT]}, "terms.replaces"),
        (
            {
                "actions": [
                    {"number": 2, "owner": "KEN", "what": "x", "byWhen": "2027-01-01"}
                ]
            },
            "terms.actions[0].number",
        ),
        (
            {
                "actions": [
                    {"number": 1, "owner": "XPO", "what": "x", "byWhen": "2027-01-01"}
                ]
            },
            "terms.actions[0].owner",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused_where_they_do(
    changes: dict[str, object], place: str
) -> None:
    assert place in places(PROPOSAL_KIND, proposal_document(document(**changes), ""))


def test_replaced_versions_have_one_spelling() -> None:
    both = sorted([PLAN_TEXT, OTHER_TEXT], key=base64.b64decode)
    turned = document(replaces=both[::-1])
    assert places(ANSWER_KIND, amendment(amended=turned)) == ["amended.replaces"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verdict": "PLAN_VERDICT_ACCEPT"}, ["amended"]),
        ({"amended": None}, ["amended"]),
        ({"reason": None}, ["reason"]),
        ({"planId": OTHER_TEXT}, ["amended.planId"]),
        ({"termsDigest": PLAN_TEXT}, ["amended.replaces"]),
        ({"amended": document()}, ["amended.replaces"]),
    ],
)
def test_an_answer_that_does_not_fit_its_verdict_is_refused(
    changes: dict[str, object], expected: list[str]
) -> None:
    content = {name: one for name, one in amendment(**changes).items() if one}
    assert places(ANSWER_KIND, content) == expected


@pytest.mark.parametrize("status", ["PROPOSED", "AGREED"])
def test_nobody_reports_that_something_is_agreed(status: str) -> None:
    content = {
        "planId": PLAN_TEXT,
        "termsDigest": PLAN_TEXT,
        "action": 1,
        "status": f"ACTION_STATUS_{status}",
        "sequence": 1,
    }
    assert places(REPORT_KIND, content) == ["status"]


@pytest.mark.parametrize(
    ("kind", "message", "code"),
    [
        (ANSWER_KIND, mitigation_pb2.MitigationAnswer(), Code.INVALID_CONTENT),
        (
            ANSWER_KIND,
            mitigation_pb2.MitigationAnswer(
                verdict=mitigation_pb2.PLAN_VERDICT_AMEND, sequence=1
            ),
            Code.INVALID_CONTENT,
        ),
        (REPORT_KIND, mitigation_pb2.ActionReport(), Code.INVALID_CONTENT),
        (
            PROPOSAL_KIND,
            mitigation_pb2.MitigationProposal(
                terms=mitigation_pb2.PlanTerms(parties=["nobody"])
            ),
            Code.INVALID_CONTENT,
        ),
        ("case-step/1", mitigation_pb2.MitigationProposal(), Code.UNKNOWN_KIND),
    ],
    ids=["verdict", "amended", "status", "parties", "kind"],
)
def test_bytes_that_nothing_has_checked_are_refused_all_the_same(
    kind: str, message: Message, code: Code
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_word(kind, write_canonical(message))
    assert refused.value.code is code


def test_terms_that_are_none_are_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        terms_of({"planId": 7})
    assert refused.value.code is Code.MALFORMED


def test_rules_pass_over_what_is_of_no_right_shape() -> None:
    broken = {"planId": "?", "parties": "BEL", "actions": 7, "replaces": ["?", 3]}
    found = places(ANSWER_KIND, amendment(amended=broken))
    assert {"amended.parties", "amended.actions"} <= {*found}
    assert "amended" in places(ANSWER_KIND, amendment(amended="nothing"))
