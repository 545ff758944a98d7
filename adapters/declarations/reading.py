"""Tells the formats apart, by what a file says and never by its name, and reads it.

What is read is screened by `adapters.declarations.intake`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from adapters.declarations import asycuda_declaration, asycuda_manifest, cuscar, wco
from adapters.declarations.consignment import Filing, PartyToken
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import LIMITS, Limits
from adapters.declarations.xml_tree import local_name, namespace, parse

_Reader = Callable[
    [etree._Element, PartyToken, Limits],  # noqa: SLF001 - the type has no other name
    Filing,
]

_BOM: Final = b"\xef\xbb\xbf"
_PLAIN_ROOTS: Final[Mapping[str, _Reader]] = MappingProxyType(
    {
        asycuda_manifest.ROOT: asycuda_manifest.read,
        asycuda_declaration.ROOT: asycuda_declaration.read,
    }
)


def read(data: bytes, token: PartyToken, limits: Limits = LIMITS) -> Filing:
    """Returns what a manifest or declaration declares.

    Args:
        data: The file.
        token: Makes a keyed token of a name.
        limits: How much of it is taken.

    Raises:
        UnreadableError: It is of none of the formats, or not whole.
    """
    start = data[: len(_BOM)].removeprefix(_BOM) + data[len(_BOM) : 64]
    start = start.lstrip()
    if start.startswith((b"UNA", b"UNB")):
        return cuscar.read(data, token, limits)
    if start.startswith(b"{"):
        return wco.read_json(data, token, limits)
    if start.startswith(b"<"):
        return _read_xml(data, token, limits)
    raise UnreadableError(
        "unknown-format", "expected XML, JSON or EDIFACT of a format that is listed"
    )


def _read_xml(data: bytes, token: PartyToken, limits: Limits) -> Filing:
    root = parse(data, limits)
    name = local_name(root)
    if name == wco.ROOT:
        return wco.read_xml(root, token, limits)
    reader = _PLAIN_ROOTS.get(name)
    if reader is None:
        raise UnreadableError(
            "wrong-root",
            f"expected {wco.ROOT}, {' or '.join(_PLAIN_ROOTS)} as the root",
        )
    if namespace(root):
        raise UnreadableError("wrong-namespace", f"{name} is expected in no namespace")
    return reader(root, token, limits)
