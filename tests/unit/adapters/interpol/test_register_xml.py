"""XML of the register: refused when it is not as the schema has it."""

import pytest

from adapters.interpol.errors import XmlRefusedError
from adapters.interpol.register_xml import check_schema, parse


def test_an_external_schema_is_not_fetched() -> None:
    root = parse(
        b'<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd"/>'
    )
    with pytest.raises(XmlRefusedError, match="namespace"):
        check_schema(root)


def test_the_wrong_namespace_is_refused() -> None:
    with pytest.raises(XmlRefusedError, match="wrong namespace: urn:other"):
        check_schema(parse(b'<FirearmQuery xmlns="urn:other" Id="a"/>'))


def test_what_does_not_fit_is_named_without_what_stands_there() -> None:
    namespace = b'xmlns="urn:rogatory:interpol-style:1"'
    with pytest.raises(XmlRefusedError, match="at Secret") as refused:
        check_schema(
            parse(
                b"<RecordQuery %s Id='a'><Secret>X-1</Secret></RecordQuery>" % namespace
            )
        )
    assert "X-1" not in str(refused.value)
