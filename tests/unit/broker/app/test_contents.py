"""A document that was sealed several times is one document, and the fullest of them."""

from broker.app.contents import Content, each_document
from broker.core.fields import FieldClass
from broker.core.trails.trail import Role
from keys.framing import sha256
from tests.world import NOW_MS, header


def content(
    name: str,
    *withheld: FieldClass,
    role: Role = Role.SENT,
    at_ms: int = NOW_MS,
    reference: str = "",
) -> Content:
    return Content(
        message_digest=sha256(name.encode()),
        header=header(
            withheld=frozenset(withheld), case_reference=reference, created_ms=at_ms
        ),
        role=role,
        at_ms=at_ms,
        body=b"",
    )


def test_of_what_was_sealed_in_one_moment_the_fullest_is_the_document() -> None:
    poorer = content("poorer", FieldClass.PERSONAL, FieldClass.SOURCE)
    fuller = content("fuller", FieldClass.PERSONAL)
    later = content("later", FieldClass.PERSONAL, at_ms=NOW_MS + 1)
    assert each_document([poorer, later, fuller]) == [fuller, later]


def test_what_belongs_to_two_cases_is_two_documents() -> None:
    one, other = content("one", reference="A"), content("other", reference="B")
    assert each_document([one, other]) == [one, other]


def test_what_others_sent_in_one_moment_is_as_many_as_they_sent() -> None:
    received = [content(str(number), role=Role.RECEIVED) for number in range(2)]
    assert each_document(received) == received
