"""A meeting becomes a draft that fits its kind, binds enough and names nobody."""

from dataclasses import replace

import pytest

from adapters.declarations.consignment import (
    Consignment,
    Container,
    Journey,
    Line,
    Nature,
)
from adapters.declarations.drafting import plain, proposal
from adapters.declarations.screening import Bounds, Screen
from adapters.values import Proposal
from broker.core.codec.documents import encode_document
from tests.declaration_world import NOW_MS, consignment, entry, filing, listed, series

_CRITERIA = {"containers": {"CSQU3054383"}, "goods": {"9302"}}
_BOX = (Container(number="CSQU3054383", seals=("TEST-SEAL-7",)),)


def _draft(*declared: Consignment, **fields: object) -> Proposal:
    """Returns the draft about the last consignment of a file."""
    told = filing(*declared)
    looked_for = entry(**{**_CRITERIA, **fields})
    found = Screen(listed(looked_for)).screen(told, NOW_MS, Bounds())
    [meeting] = [one for one in found.meetings if one.consignment is declared[-1]]
    return proposal(told, meeting, Bounds())


def test_a_draft_fits_its_kind_and_points_to_what_it_rests_on() -> None:
    made = _draft(consignment(containers=_BOX))
    submission = made.submission
    encode_document(submission.kind, submission.content)
    looked_for = entry()
    assert submission.based_on == looked_for.sources
    assert submission.handling == "TLP:AMBER"
    assert submission.case_reference == looked_for.case_reference
    assert submission.to == ("BEL",)


def test_a_draft_binds_as_much_as_what_it_rests_on() -> None:
    made = _draft(consignment(containers=_BOX), handling="TLP:RED H1 PAP:RED")
    assert made.submission.handling == "TLP:RED H1 PAP:RED"


@pytest.mark.parametrize(
    ("nature", "stage"),
    [
        (Nature.EXPORT, "PRE_EXPORT"),
        (Nature.IMPORT, "AT_IMPORT"),
        (Nature.TRANSIT, "IN_TRANSIT"),
        (Nature.TRANSHIPMENT, "IN_TRANSIT"),
        (Nature.UNKNOWN, "UNKNOWN"),
    ],
)
def test_the_stage_is_what_the_papers_suggest(nature: Nature, stage: str) -> None:
    made = _draft(consignment(containers=_BOX, nature=nature))
    assert made.submission.content["stage"] == f"DIVERSION_STAGE_{stage}"
    encode_document(made.submission.kind, made.submission.content)


def test_other_goods_in_a_container_of_arms_look_misdeclared() -> None:
    other = _draft(consignment(Line(number=1, hs="848790"), containers=_BOX))
    assert other.submission.content["methods"] == ["DIVERSION_METHOD_MISDECLARATION"]
    same = _draft(consignment(containers=_BOX))
    assert same.submission.content["methods"] == ["DIVERSION_METHOD_UNKNOWN"]


def test_reasons_say_what_agrees_and_that_it_is_a_lead() -> None:
    reasons = _draft(consignment(containers=_BOX)).reasons
    assert "The container is looked for: CSQU3054383." in reasons
    assert "The code of the goods is looked for: 9302.00." in reasons
    assert "Lines that agree: 1." in reasons
    assert any(one.startswith("That comes to 0.9") for one in reasons)
    assert any("a lead, not a finding" in one for one in reasons)
    assert any("FORGED_EUC" in one and "HOLD" in one for one in reasons)


def test_what_the_alert_said_stays_with_the_person_who_decides() -> None:
    content = _draft(consignment(containers=_BOX)).submission.content
    assert "FORGED_EUC" not in str(content)
    assert "HOLD" not in str(content)


def test_the_same_again_is_the_same_draft_and_more_is_another() -> None:
    first = _draft(consignment(containers=_BOX)).submission.key
    assert _draft(consignment(containers=_BOX)).submission.key == first
    less = _draft(consignment(Line(number=1, hs="848790"), containers=_BOX))
    assert less.submission.key != first
    other = _draft(consignment(containers=_BOX, reference="TEST-BL-2"))
    assert other.submission.key != first


def test_bills_without_a_number_are_told_apart() -> None:
    one = consignment(containers=_BOX, reference="")
    first, second = _draft(one), _draft(one, replace(one))
    assert first.submission.key != second.submission.key
    assert "number 2" in second.title


def test_another_container_under_a_number_that_was_dismissed_is_another_draft() -> None:
    other = "MSCU1234566"
    looked_for = {"CSQU3054383", other}
    first = _draft(consignment(containers=_BOX), containers=looked_for)
    boxes = (Container(number=other),)
    second = _draft(consignment(containers=boxes), containers=looked_for)
    assert first.submission.key != second.submission.key


def test_other_goods_without_any_number_are_another_draft() -> None:
    drafts = [
        _draft(
            consignment(
                Line(number=1, hs="930200", quantity=quantity),
                containers=_BOX,
                reference="",
            )
        )
        for quantity in (10, 500)
    ]
    assert len({one.submission.key for one in drafts}) == 2


def test_hostile_text_is_put_on_one_line_and_cut() -> None:
    hostile = consignment(
        Line(number=1, hs="930200", description="a\x00b\u202ec\n" + "d" * 5_000),
        containers=(Container(number="CSQU3054383", seals=("\x1b[2J",)),),
        reference="BL\n\x1b]0;x\x07\ud800",
        journey=Journey(vessel="\u2028", voyage="\x7f"),
    )
    made = _draft(hostile)
    encode_document(made.submission.kind, made.submission.content)
    assert plain("a\x00b\u202ec") == "a b c"
    assert "\x1b" not in str(made.submission.content) + made.title


def test_a_consignment_of_which_nothing_is_known_gives_a_draft() -> None:
    bare = Consignment(reference="", containers=_BOX)
    made = _draft(bare)
    encode_document(made.submission.kind, made.submission.content)


def test_numbers_are_shown_to_the_person_and_stand_in_no_free_text() -> None:
    line = Line(number=1, serials=("ZZQ-01044", "ZZQ-99999"), marks=("ZZQ.01045",))
    made = _draft(
        consignment(line, containers=_BOX), serials={series("ZZQ-01001", "ZZQ-01120")}
    )
    assert "Numbers that lie in a series: ZZQ-01044, ZZQ.01045." in made.reasons
    assert "ZZQ" not in str(made.submission.content)
