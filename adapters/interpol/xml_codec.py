"""Documents as XML and back, by the names and types of their fields.

Whether a document is as the schema has it is left to `adapters.interpol.register_xml`;
`decode` is for what has passed that.
"""

import types
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import (
    Any,
    Final,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from lxml import etree

from adapters.interpol.errors import XmlRefusedError

NAMESPACE: Final = "urn:rogatory:interpol-style:1"
ID: Final = "Id"
"""The attribute that a signature refers to a document by."""
_DIGITS_MAX: Final = 9

T = TypeVar("T")


def encode(document: object, identifier: str) -> etree._Element:
    """Returns a document as an element of its own.

    Args:
        document: One of `adapters.interpol.documents`.
        identifier: What a signature refers to it by; the name of an XML node.

    Raises:
        XmlRefusedError: A text has signs that XML does not know.
    """
    names = cast("dict[str, str]", {None: NAMESPACE})  # lxml takes None, its types not
    root = etree.Element(_tag(type(document).__name__), nsmap=names)
    root.set(ID, identifier)
    try:
        _write(root, document)
    except ValueError as error:
        raise XmlRefusedError("a text has signs that XML does not know") from error
    return root


def decode(kind: type[T], element: etree._Element) -> T:
    """Reads a document, or a part of one, that fits the schema.

    Raises:
        XmlRefusedError: It is not of this kind.
    """
    children: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren(f"{{{NAMESPACE}}}*"):
        name = str(child.tag).removeprefix(f"{{{NAMESPACE}}}")
        children.setdefault(name, []).append(child)
    hints = _hints(cast("type", kind))
    given: dict[str, Any] = {}
    for one in _fields(cast("type", kind)):
        if found := children.get(_element_name(one.name)):
            given[one.name] = _value(hints[one.name], found)
    try:
        return kind(**given)
    except TypeError as error:
        raise XmlRefusedError(f"not a {kind.__name__}") from error


def kind_of(element: etree._Element) -> str:
    """Returns the name of a root element of ours; empty for any other."""
    tag = str(element.tag)
    prefix = f"{{{NAMESPACE}}}"
    return tag.removeprefix(prefix) if tag.startswith(prefix) else ""


def _write(parent: etree._Element, value: object) -> None:
    for one in _fields(type(value)):
        for item in _items(getattr(value, one.name)):
            child = etree.SubElement(parent, _tag(_element_name(one.name)))
            if is_dataclass(item):
                _write(child, item)
            elif isinstance(item, bool):
                child.text = "true"
            else:
                child.text = str(item)


def _items(value: object) -> Iterator[object]:
    """What is to be written of a field: what is empty is left out."""
    if isinstance(value, tuple):
        yield from value
    elif value is not None and value is not False and value != "":
        yield value


def _value(hint: Any, found: list[etree._Element]) -> Any:  # noqa: ANN401 - any type that a field can have
    if get_origin(hint) is tuple:
        (item, _) = get_args(hint)
        return tuple(_single(item, one) for one in found)
    return _single(hint, found[0])


def _single(hint: Any, element: etree._Element) -> Any:  # noqa: ANN401 - likewise
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(one for one in get_args(hint) if one is not type(None))
    if is_dataclass(hint):
        return decode(hint, element)  # type: ignore[arg-type]
    text = element.text or ""
    if hint is bool:
        return text.strip() in {"true", "1"}
    return _integer(text) if hint is int else text


def _integer(text: str) -> int:
    # XML's own numbers go further: "2026Z" is a year there, and no number has an end.
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS_MAX):
        raise XmlRefusedError("a number that is not taken")
    return int(digits)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)


def _element_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
