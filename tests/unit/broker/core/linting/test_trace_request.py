"""A sound request has nothing against it; each slip is found where it stands."""

import copy
from itertools import count
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import DocumentProblem
from broker.core.linting.catalogue import CATALOGUE, LintCode, Severity
from broker.core.linting.findings import found, reported
from broker.core.linting.trace_request import lint
from tests.unit.broker.core.linting.sound_request import (
    GIVEN,
    Change,
    codes,
    linted,
    of_firearm,
    put,
    request,
)

firearm = of_firearm


def test_nothing_is_found_in_a_sound_request() -> None:
    report = linted()
    assert report.findings == ()
    assert (report.score, report.item_scores) == (100, (100,))


def _serial(raw: str, **more: object) -> Change:
    return firearm(put(frameSerial={"raw": raw, **more}))


def _mark(kind: str, text: str) -> Change:
    mark = {"kind": f"MARK_KIND_{kind}", "text": text}
    return firearm(lambda one: one.update(marks=[mark], frameSerial={"raw": text}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (firearm(put(make=None)), "make-missing"),
        (firearm(put(model=None)), "model-missing"),
        (firearm(put(countryManufacture=None)), "country-missing"),
        (firearm(put(yearManufacture=None)), "year-missing"),
        (firearm(put(importMarks=None)), "import-mark-missing"),
        (firearm(put(frameSerial=None)), "serial-missing"),
        (
            firearm(put(frameSerial=None, otherSerials=[{"serial": {"raw": "ZZQ-9"}}])),
            "serial-not-on-frame",
        ),
        (
            firearm(
                put(frameSerial=None, markingCondition="MARKING_CONDITION_OBLITERATED")
            ),
            "serial-unreadable",
        ),
        (_serial("ZZQ-41?"), "mask-missing"),
        (_serial("ZZQ-41?"), "features-missing"),
        (_serial("ZZQ-41?"), "condition-contradicted"),
        (firearm(put(markingCondition=None)), "condition-missing"),
        (firearm(put(identification=None)), "identification-missing"),
        (firearm(put(type="FIREARM_TYPE_OTHER")), "type-vague"),
        (
            firearm(put(markingCondition="MARKING_CONDITION_NEVER_MARKED")),
            "condition-contradicted",
        ),
        (lambda one: one["items"][0].update(quantity=3), "several-under-one-number"),
        (put(attachments=None), "photograph-missing"),
        (put(recordsConsulted=None), "domestic-check-missing"),
        (put(legalBasis="The law"), "legal-basis-thin"),
        (lambda one: one["recovery"].pop("circumstances"), "circumstances-missing"),
        (lambda one: one["recovery"].pop("place"), "place-missing"),
        (put(illicitBasis=["ILLICIT_BASIS_UNMARKED"]), "not-unmarked"),
        (
            put(undertaking=None, cannotGuarantee={"reason": "Open proceedings"}),
            "no-undertaking",
        ),
        (put(answerBy="2026-03-01"), "answer-day"),
        (put(answerBy="2026-03-21"), "answer-day"),
        (lambda one: one["recovery"].update(date="2027-01"), "recovery-date"),
        (lambda one: one["recovery"].update(date="2009"), "recovery-date"),
    ],
    ids=count(),
)
def test_what_is_not_said_is_missed(change: Change, code: str) -> None:
    assert code in codes(change)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_serial("2014"), "serial-is-other-mark"),  # of the mark of import
        (_serial("KEN 2014"), "serial-is-other-mark"),
        (_serial("Model 17"), "serial-is-other-mark"),
        (_serial("9x19"), "serial-is-other-mark"),
        (_serial("US 4,539,889"), "serial-is-other-mark"),
        (_mark("PATENT", "4539889"), "serial-is-other-mark"),
        (_mark("PROOF", "WX417"), "serial-is-other-mark"),
        (_mark("RACK", "R-117"), "serial-is-other-mark"),
        (_mark("OWNER", "POL 4417"), "serial-is-other-mark"),
        (_serial("ZZQ4S17"), "serial-look-alike"),
        (_serial("ZZQ-\u0410417"), "serial-scripts"),
        (_serial("\u0410\u0412-417", script="SCRIPT_LATIN"), "serial-scripts"),
        (_serial("ZZ"), "serial-implausible"),
        (
            firearm(
                put(
                    otherSerials=[
                        {"part": "PART_KIND_SLIDE", "serial": {"raw": "ZZQ-9981"}}
                    ]
                )
            ),
            "serials-differ",
        ),
    ],
    ids=count(),
)
def test_what_is_no_serial_number_is_doubted(change: Change, code: str) -> None:
    assert code in codes(change)


def test_whoever_says_in_the_mask_that_a_sign_is_doubtful_is_not_asked_again() -> None:
    doubtful = _serial("ZZQ4S17", mask="ZZQ4[S5]17")
    assert "serial-look-alike" not in codes(doubtful)
    assert "condition-contradicted" in codes(doubtful)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (firearm(put(calibre={"raw": "9mm"})), "calibre-ambiguous"),
        (firearm(put(calibre={"raw": "7.62", "ambiguous": True})), "calibre-ambiguous"),
        (
            firearm(put(calibre={"raw": "9mm", "designation": "9 mm"})),
            "calibre-ambiguous",
        ),
        (firearm(put(calibre={"raw": "something"})), "calibre-unknown"),
        (
            firearm(put(calibre={"raw": "9mm Luger", "designation": "7.62x39"})),
            "calibre-contradicted",
        ),
        (firearm(put(calibre={"raw": "7.62x54R"})), "calibre-and-type"),
        (firearm(put(calibre={"raw": "12 gauge"})), "calibre-and-type"),
        (firearm(put(type="FIREARM_TYPE_SHOTGUN")), "calibre-and-type"),
        (firearm(put(type="FIREARM_TYPE_ASSAULT_RIFLE")), "calibre-and-type"),
        (firearm(put(type="FIREARM_TYPE_HEAVY_MACHINE_GUN")), "calibre-and-type"),
        (firearm(put(action="FIREARM_ACTION_PUMP")), "action-and-type"),
        (firearm(put(calibre={"raw": ".40 S&W"})), "model-and-calibre"),
        (firearm(put(make="Beretta", model="Glock 17")), "model-and-maker"),
        (firearm(put(type="FIREARM_TYPE_REVOLVER")), "model-and-type"),
        (firearm(put(yearManufacture=1975)), "model-and-year"),
        (firearm(put(yearManufacture=1950)), "model-and-year"),
        (firearm(put(countryManufacture="ITA")), "maker-and-country"),
        (firearm(put(make="Example Works")), "maker-unknown"),
        (firearm(put(countryManufacture="QQZ")), "country-unknown"),
        (firearm(put(importMarks=[{"country": "QQZ"}])), "country-unknown"),
        (firearm(put(countryManufacture="SUN")), "former-state"),
        (firearm(put(countryManufacture="SUN")), "country-and-year"),
        (firearm(put(yearManufacture=2027)), "year-impossible"),
        (
            firearm(put(importMarks=[{"country": "KEN", "year": 2030}])),
            "year-impossible",
        ),
        (firearm(put(yearManufacture=1890)), "antique"),
        (
            firearm(put(importMarks=[{"country": "KEN", "year": 2010}])),
            "import-before-manufacture",
        ),
        (
            firearm(put(importMarks=[{"country": "AUT", "year": 2014}])),
            "import-at-home",
        ),
        (
            lambda one: one["items"][0].update(itemClass="ITEM_CLASS_LIGHT_WEAPON"),
            "class-and-type",
        ),
        (firearm(put(type="FIREARM_TYPE_MORTAR")), "class-and-type"),
    ],
    ids=count(),
)
def test_what_does_not_go_together_is_a_question(change: Change, code: str) -> None:
    assert code in codes(change)


def test_a_model_that_nobody_knows_raises_no_question() -> None:
    assert codes(firearm(put(model="Model 9000", make="Glock"))) == set()


def test_ammunition_needs_headstamp_and_lot_and_is_outside_the_instrument() -> None:
    rounds = {"itemClass": "ITEM_CLASS_AMMUNITION", "ammunition": {"type": "ball"}}
    assert {"make-missing", "serial-missing", "outside-instrument"} <= codes(
        lambda one: one.update(items=[rounds])
    )


def test_what_is_wrong_with_one_of_ten_items_costs_a_tenth() -> None:
    def ten(document: dict[str, Any]) -> None:
        [item] = document["items"]
        document["items"] = []
        for number in range(10):
            other = copy.deepcopy(item)
            other["firearm"]["frameSerial"]["raw"] = f"ZZQ-41{number}7"
            document["items"].append(other)
        del document["items"][3]["firearm"]["frameSerial"]

    report = linted(ten)
    assert report.item_scores[3] == 67
    assert report.score == 97


def test_two_items_do_not_bear_one_number() -> None:
    def twice(document: dict[str, Any]) -> None:
        document["items"].append(copy.deepcopy(document["items"][0]))
        document["items"][1]["firearm"]["frameSerial"]["raw"] = "zzq 417"

    [repeated] = linted(twice).findings
    assert repeated.code is LintCode.SERIAL_REPEATED
    assert repeated.path == "items[1].firearm.frameSerial.raw"


def test_what_the_schema_refuses_takes_the_whole_score() -> None:
    problem = DocumentProblem(
        "items[0].firearm.caliber", "a mapping", "expected calibre"
    )
    report = lint(request(), GIVEN, [problem])
    assert report.score == 0
    assert report.findings[0].code is LintCode.DOES_NOT_FIT
    assert report.of(Severity.ERROR) == report.findings


def test_every_code_has_a_rule_and_every_rule_says_what_to_do() -> None:
    assert set(CATALOGUE) == set(LintCode)
    for rule in CATALOGUE.values():
        assert rule.fix
        assert not rule.fix.endswith(".")
        assert 0 <= rule.weight <= 100


def test_no_score_falls_below_nothing() -> None:
    findings = [found(code, "", "x") for code in LintCode]
    assert reported(findings, 0).score == 0


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["items", "firearm", "calibre", "raw", "frameSerial", "marks", "recovery",
             "importMarks", "year", "references", "identifier", "otherSerials"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    document=st.dictionaries(
        st.sampled_from(["items", "recovery", "references"]), _ANYTHING
    )
)
def test_hostile_shapes_are_passed_over(document: dict[str, Any]) -> None:
    assert 0 <= lint(document, GIVEN).score <= 100
