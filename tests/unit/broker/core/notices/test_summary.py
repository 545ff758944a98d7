"""A list says what a notice is about, and never who."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from broker.core.cases.clocks import end_of_day_ms
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.notices.summary import (
    NOTICE_KINDS,
    PERSONAL_KINDS,
    Summary,
    summary_of,
)

_FOLDER: Final = Path(__file__).parents[5] / "examples"


def content(name: str) -> dict[str, Any]:
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    draft = parse_draft(yaml.safe_load(text))
    return decode_document(draft.kind, encode_document(draft.kind, draft.content))


def summary(name: str) -> Summary:
    return summary_of(name, content(name))


@pytest.mark.parametrize("kind", NOTICE_KINDS)
def test_every_kind_has_something_to_be_known_by(kind: str) -> None:
    made = summary(kind)
    assert made.about
    assert made.words


@pytest.mark.parametrize("kind", sorted(PERSONAL_KINDS))
def test_a_list_names_nobody(kind: str) -> None:
    said = repr(summary(kind))
    assert "Example" not in said
    assert "TEST" not in said


def test_what_somebody_is_can_be_read() -> None:
    assert summary("actor-profile").about == "person, supplier, MEX"
    assert summary("brokering-notice").about == "entity, broker, BEL"


def test_grades_stay_in_their_scheme() -> None:
    assert summary("financial-lead").grade == "admiralty B2"
    assert summary("transfer-notice").grade == "europol B3"
    assert summary("practice-note").grade == ""


def test_words_and_items_are_those_of_the_closed_lists() -> None:
    made = summary("transfer-notice")
    assert made.words == ("papers-disagree", "unusual-route")
    assert made.items == ("part",)
    assert summary("conversion-technique").items == ("convertible",)


def test_it_is_past_its_last_day_when_that_day_is_over() -> None:
    made = summary("actor-profile")
    assert made.expires_on == dt.date(2027, 3, 31)
    end_ms = end_of_day_ms("2027-03-31")
    assert not made.expired(end_ms)
    assert made.expired(end_ms + 1)
    assert not summary("practice-note").expired(end_ms * 2)
