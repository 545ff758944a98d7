"""Whoever forgets what a document answers is told so."""

from typing import Any

import pytest
import yaml

from broker.cli.reply_hints import hint_at_reply
from broker.core.codec.documents import encode_document
from broker.core.outgoing import OutgoingDocument
from tests.federation import EXAMPLES
from tests.world import AMBER, BEL


def document(name: str, in_reply_to: bytes = b"") -> OutgoingDocument:
    example: dict[str, Any] = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())
    return OutgoingDocument(
        kind=example["kind"],
        body=encode_document(example["kind"], example["content"]),
        recipients=(BEL,),
        handling=AMBER,
        in_reply_to=in_reply_to,
    )


@pytest.mark.parametrize(
    "name",
    ["trace-response", "case-step", "trace-closing", "action-report", "peer-review"],
)
def test_what_belongs_to_a_matter_asks_which(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hint_at_reply(document(name, b"d" * 32))
    assert capsys.readouterr().err == ""
    hint_at_reply(document(name))
    told = "--reply-to" in capsys.readouterr().err
    # A review begins with what the country says of itself, and answers nothing.
    assert told is (name != "peer-review")


def test_a_disposition_is_told_what_it_would_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hint_at_reply(document("disposition-record"))
    assert "ends nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["trace-request", "diversion-alert", "contact-card", "practice-note"]
)
def test_what_opens_a_matter_or_stands_alone_is_asked_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hint_at_reply(document(name))
    assert capsys.readouterr().err == ""
