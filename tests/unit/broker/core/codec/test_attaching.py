"""Which contents name files, and what policies make of the files."""

from dataclasses import replace
from typing import Any

import pytest

from broker.core.attachments.attached import KINDS, Attached
from broker.core.codec.attaching import (
    attaching_kinds,
    files_of,
    takes_attachments,
    with_files,
)
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.kinds import CONTENT_KINDS, parse_kind
from broker.core.codec.permission import encode_copy
from broker.core.codec.redaction import redact
from broker.core.errors import DocumentError
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Handling, Tlp
from broker.core.permissions import Copy
from broker.infra.document_files import load_file
from keys.framing import sha256
from keys.identity import PartyId
from rogatory.v1 import attachment_pb2
from tests.federation import EXAMPLES

FILE = Attached(
    kind="mark",
    name="frame.jpg",
    media_type="image/jpeg",
    size=1234,
    sha256=sha256(b"file"),
    blob=sha256(b"blob"),
    key=sha256(b"key"),
    caption="Left side of the frame",
    metadata_stripped=True,
)
RICH = "route-intelligence/1"


def body_with(files: tuple[Attached, ...]) -> bytes:
    content = parse_draft(load_file(EXAMPLES / "route-intelligence.yaml")).content
    return with_files(RICH, encode_document(RICH, content), files)


def test_what_is_attached_is_found_again_in_its_order() -> None:
    second = replace(FILE, name="b.png", blob=sha256(b"b"), caption="")
    body = body_with((FILE, second))
    assert files_of(RICH, body) == (FILE, second)
    assert decode_document(RICH, body)
    more = with_files(RICH, body, (FILE,))
    assert files_of(RICH, more) == (FILE, second, FILE)
    assert with_files(RICH, body, ()) == body


def test_files_of_a_content_that_is_passed_on_are_found_too() -> None:
    copy = Copy(
        provider=PartyId("MEX"),
        message_digest=sha256(b"original"),
        grant_digest=b"",
        handling=Handling(tlp=Tlp.GREEN),
        kind=RICH,
        body=body_with((FILE,)),
    )
    assert files_of("onward-copy/1", encode_copy(copy)) == (FILE,)
    assert "onward-copy/1" in attaching_kinds()


def test_who_may_not_have_photographs_learns_nothing_of_them() -> None:
    body = body_with((FILE,))
    redacted = redact(RICH, body, {FieldClass.PHOTOGRAPH: Treatment.DROP})
    assert files_of(RICH, redacted.body) == ()
    assert FieldClass.PHOTOGRAPH in redacted.withheld
    for secret in (FILE.key, FILE.blob, FILE.sha256, b"frame.jpg"):
        assert secret not in redacted.body


def test_who_may_not_have_free_text_gets_the_file_without_its_name() -> None:
    redacted = redact(RICH, body_with((FILE,)), {FieldClass.FREE_TEXT: Treatment.DROP})
    [file] = files_of(RICH, redacted.body)
    assert (file.name, file.caption, file.key) == ("[withheld]", "", FILE.key)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "../../etc/passwd"}, "attachments[0].name"),
        ({"name": "a\\b"}, "attachments[0].name"),
        ({"name": "photo\u202egpj.exe"}, "attachments[0].name"),
        ({"size": 2**40}, "attachments[0].size"),
        ({"size": 0}, "attachments[0].size"),
        ({"key": b"short"}, "attachments[0].key"),
    ],
)
def test_a_hostile_attachment_is_no_content(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(DocumentError) as error:
        body_with((replace(FILE, **changes),))
    assert [one.path for one in error.value.problems] == [path]


def test_every_word_for_what_a_file_shows_is_one_of_the_messages() -> None:
    values = attachment_pb2.AttachmentKind.DESCRIPTOR.values
    assert set(KINDS.values()) == {one.name for one in values[1:]}


def test_kinds_that_name_files_are_known() -> None:
    taking = {kind for kind in CONTENT_KINDS if takes_attachments(kind)}
    assert taking == {*attaching_kinds()} - {"onward-copy/1"}
    assert "trace-request/1" in taking
    assert not takes_attachments("contact-card/1")
    assert "attachments" in parse_kind("trace-request/1").descriptor.fields_by_name
