"""What entries are looked for by is read from the header that stands beside them."""

from broker.core.codec.envelope import decode_envelope
from broker.core.codec.header_names import header_names
from tests import world


def test_kind_and_case_are_those_of_the_header() -> None:
    sealed = world.sealed()
    header = sealed.header
    found = header_names(decode_envelope(sealed.envelope).signed_header)
    assert found == (header.kind, header.case_reference)


def test_what_cannot_be_read_has_no_names() -> None:
    assert header_names(b"\xff") == ("", "")
    assert header_names(b"") == ("", "")
