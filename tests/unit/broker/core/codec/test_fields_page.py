"""Claims about docs/fields.md: it lists what the .proto files say, class by class."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.blurring import UNCERTAINTY_KM, WITHHELD
from broker.core.codec.kinds import CONTENT_KINDS, parse_kind
from broker.core.codec.options import stated_class
from broker.core.fields import FieldClass

_PAGE: Final = (Path(__file__).parents[5] / "docs" / "fields.md").read_text(
    encoding="utf-8"
)


def _fields(message: Descriptor) -> Iterator[FieldDescriptor]:
    for field in message.fields:
        yield field
        if field.message_type and stated_class(field) is not FieldClass.PLAIN:
            yield from _fields(field.message_type)


def _lines(field_class: FieldClass) -> list[str]:
    """Returns the lines of the table of a class, as the .proto files have it."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for kind in map(parse_kind, CONTENT_KINDS):
        for field in _fields(kind.descriptor):
            if stated_class(field) is field_class:
                _, _, message, name = field.full_name.split(".")
                whole = " (all of it)" if field.message_type else ""
                found[message][name] = f"`{field.json_name}`{whole}"
    return [
        f"| `{message}` | {', '.join(found[message].values())} |"
        for message in sorted(found)
    ]


@pytest.mark.parametrize("field_class", FieldClass)
def test_the_page_lists_the_fields_of_a_class(field_class: FieldClass) -> None:
    section = re.split(r"^## ", _PAGE, flags=re.MULTILINE)
    [of_class] = [one for one in section if one.startswith(f"`{field_class.word}`\n")]
    listed = [line for line in of_class.splitlines() if line.startswith("| `")]
    expected = _lines(field_class)
    assert listed == expected, "the page should list:\n" + "\n".join(expected)


def test_the_page_says_what_blurring_leaves() -> None:
    assert f"`{WITHHELD}`" in _PAGE
    assert f"{UNCERTAINTY_KM} km" in _PAGE
