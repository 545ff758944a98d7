"""The day after which a content is not to be used is read from the content itself."""

import datetime as dt
from typing import Final

from broker.core.codec.documents import encode_document
from broker.core.codec.expiry import EXPIRING_KINDS, expiry_in, expiry_of
from tests.world import KIND, body

_NOTE: Final = {
    "title": "Two people read each mark",
    "topic": "PRACTICE_TOPIC_TRACING",
    "text": "The second has not seen what the first wrote",
}


def test_intelligence_and_what_is_about_persons_names_a_last_day() -> None:
    assert {
        "actor-profile/1",
        "brokering-notice/1",
        "conversion-technique/1",
        "financial-lead/1",
        "manufacture-trend/1",
        "route-intelligence/1",
        "transfer-notice/1",
    } <= EXPIRING_KINDS


def test_the_day_is_read() -> None:
    technique = {
        "objects": [
            {"itemClass": "ITEM_CLASS_CONVERTIBLE", "description": "A blank pistol"}
        ],
        "methods": ["CONVERSION_METHOD_OTHER"],
        "recognition": "A bright barrel",
        "evaluation": {
            "europol": {
                "source": "EUROPOL_SOURCE_A",
                "information": "EUROPOL_INFORMATION_1",
            }
        },
        "expiresOn": "2028-03-31",
    }
    content = encode_document("conversion-technique/1", technique)
    assert expiry_of("conversion-technique/1", content) == dt.date(2028, 3, 31)
    assert expiry_in(technique) == dt.date(2028, 3, 31)


def test_what_names_none_has_none() -> None:
    assert (
        expiry_of("practice-note/1", encode_document("practice-note/1", _NOTE)) is None
    )
    assert expiry_of(KIND, body()) is None
