"""Documents as XML and back."""

import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree

from adapters.interpol.documents import (
    REPLY_OF,
    FirearmList,
    RecordSubmission,
    TraceAnswers,
)
from adapters.interpol.errors import XmlRefusedError
from adapters.interpol.parts import (
    Answer,
    AnswerHeader,
    Candidate,
    CustodyStep,
    Firearm,
    HandlingTerms,
    Limitation,
    PartNumber,
    RequestHeader,
)
from adapters.interpol.register_xml import XSD, check_schema, parse
from adapters.interpol.xml_codec import NAMESPACE, decode, encode

# What XML can carry: no control characters, no halves of pairs.
_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
)
_COUNTRY = st.sampled_from(["BEL", "KEN", "XPO"])
_TERMS = st.builds(
    HandlingTerms,
    label=st.just("TLP:AMBER H2"),
    release_to=st.lists(_TEXT, max_size=3).map(tuple),
    purpose=st.just("") | _TEXT,
    no_onward=st.booleans(),
    other=st.just("") | _TEXT,
    uses=st.just(()) | st.just(("CRIMINAL_INVESTIGATION",)),
    retention_days=st.none() | st.integers(0, 9999),
)
_FIREARM = st.builds(
    Firearm,
    serial_number=_TEXT,
    make=st.just("") | _TEXT,
    model=st.just("") | _TEXT,
    calibre=st.just("") | _TEXT,
    type=st.sampled_from(["", "FIREARM_TYPE_PISTOL"]),
    country_of_manufacture=st.just("") | _COUNTRY,
    year=st.none() | st.integers(1000, 2100),
    part_numbers=st.lists(
        st.builds(PartNumber, part=st.just("PART_KIND_SLIDE"), serial_number=_TEXT),
        max_size=2,
    ).map(tuple),
)
_REQUEST_HEADER = st.builds(
    RequestHeader,
    message_id=st.just("m-1"),
    sent_at=st.just("2026-03-09T10:00:00.000Z"),
    sender=st.just("IP NAIROBI"),
    handling=st.none() | _TERMS,
)
_ANSWER_HEADER = st.builds(
    AnswerHeader,
    message_id=st.just("a-1"),
    sent_at=st.just("2026-03-09T10:00:00.000Z"),
    in_reply_to=st.sampled_from(["", "m-1"]),
    system=_TEXT,
)
_SUBMISSION = st.builds(
    RecordSubmission,
    header=_REQUEST_HEADER,
    submission_key=st.just("k-1"),
    owner_ncb=st.just("IP NAIROBI"),
    owner_country=_COUNTRY,
    status=st.sampled_from(["STOLEN", "LOST"]),
    reported_on=st.sampled_from(["", "2026", "2026-03", "2026-03-09"]),
    country=st.just("") | _COUNTRY,
    firearm=_FIREARM,
    circumstances=st.just("") | _TEXT,
    copy_to=st.just(()) | st.just(("IP BRUSSELS", "IP MEXICO")),
)
_LIST = st.builds(
    FirearmList,
    header=_ANSWER_HEADER,
    candidates=st.lists(
        st.builds(
            Candidate,
            record_id=st.just("SIM-1"),
            status=st.just("LOST"),
            owner_ncb=st.just("IP NAIROBI"),
            firearm=_FIREARM,
        ),
        max_size=3,
    ).map(tuple),
    more=st.booleans(),
)
_ANSWERS = st.builds(
    TraceAnswers,
    header=_ANSWER_HEADER,
    trace_id=st.just("SIM-1"),
    answers=st.lists(
        st.builds(
            Answer,
            answer_id=st.just("1"),
            ncb=st.just("IP NAIROBI"),
            country=_COUNTRY,
            outcome=st.sampled_from(["ANSWERED", "DELAYED"]),
            firearm=st.none() | _FIREARM,
            steps=st.lists(
                st.builds(
                    CustodyStep,
                    event=st.just("CUSTODY_EVENT_EXPORTED"),
                    date=st.sampled_from(["", "2014"]),
                    country=_COUNTRY,
                    to_country=st.just("") | _COUNTRY,
                ),
                max_size=3,
            ).map(tuple),
            diverted_in=st.just("") | _COUNTRY,
            next_country=st.just("") | _COUNTRY,
            limitation=st.none()
            | st.builds(
                Limitation,
                grounds=st.just(("CONFIDENTIALITY_LAW",)),
                reasons=_TEXT,
                review_on=st.sampled_from(["", "2026-04-01"]),
            ),
            remarks=st.just("") | _TEXT,
            handling=_TERMS,
        ),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(_SUBMISSION, _LIST, _ANSWERS))
def test_what_is_written_fits_the_schema_and_is_read_as_it_was(
    document: object,
) -> None:
    root = encode(document, "d-1")
    check_schema(root)
    again = parse(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
    assert decode(type(document), again) == document


def test_every_document_of_the_schema_has_a_class_and_the_other_way_round() -> None:
    names = {
        str(element.get("name"))
        for element in etree.parse(str(XSD)).getroot()
        if str(element.tag).endswith("}element")
    }
    kinds = {kind.__name__ for pair in REPLY_OF.items() for kind in pair}
    assert names == kinds | {"Fault"}


def test_a_text_that_xml_cannot_carry_is_refused_and_not_changed() -> None:
    document = Candidate(
        record_id="1",
        status="LOST",
        owner_ncb="A",
        firearm=Firearm(serial_number="A\x0b1"),
    )
    with pytest.raises(XmlRefusedError, match="signs"):
        encode(document, "d-1")


def test_what_is_not_of_a_kind_is_refused() -> None:
    root = etree.Element(f"{{{NAMESPACE}}}RecordQuery")
    with pytest.raises(XmlRefusedError, match="not a RecordSubmission"):
        decode(RecordSubmission, root)


@pytest.mark.parametrize(
    "year", ["2026Z", "-2026", "9" * 5000, "\u0662\u0660\u0662\u0666"]
)
def test_a_number_of_xml_that_is_none_of_ours_is_refused(year: str) -> None:
    root = encode(Firearm(serial_number="ZZQ-1", year=2026), "d-1")
    root.find(f"{{{NAMESPACE}}}Year").text = year  # type: ignore[union-attr]
    with pytest.raises(XmlRefusedError, match="number"):
        decode(Firearm, root)
