"""What an item needs so that it can be traced (International Tracing Instrument).

A trace request must give markings, type and calibre. Whether the description is
right is left to whoever searches.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.codec.problems import NOTHING, child, shown
from broker.core.errors import DocumentProblem

_UNMARKED: Final = frozenset(
    {"MARKING_CONDITION_OBLITERATED", "MARKING_CONDITION_NEVER_MARKED"}
)
_DETAILS: Final = MappingProxyType(
    {
        # Field that describes the item: fields of which one must give a mark.
        "firearm": ("frameSerial", "otherSerials", "marks", "importMarks"),
        "ammunition": ("headstamp", "lot", "packageMarks"),
        "part": ("serial", "marks"),
    }
)


def unidentified(item: Mapping[str, object], path: str) -> Iterator[DocumentProblem]:
    """Yields what is missing for the item to be traced.

    Args:
        item: Protobuf's JSON mapping of an `Item`.
        path: Where it stands: "items[0]".
    """
    for name, marks in _DETAILS.items():
        detail = item.get(name)
        if name not in item:
            continue
        if isinstance(detail, Mapping):
            place = child(path, name)
            yield from _unmarked(detail, place, marks)
            yield from _untyped(name, detail, place)
        return
    yield DocumentProblem(
        path, "no description", f"expected one of {', '.join(_DETAILS)}, to be traced"
    )


def _unmarked(
    detail: Mapping[str, object], path: str, marks: tuple[str, ...]
) -> Iterator[DocumentProblem]:
    bare = str(detail.get("markingCondition")) in _UNMARKED
    if not bare and not any(name in detail for name in marks):
        yield DocumentProblem(
            child(path, marks[0]),
            NOTHING,
            f"expected the markings: at least one of {', '.join(marks)}, or a "
            "markingCondition that says that there are none to read",
        )


def _untyped(
    name: str, detail: Mapping[str, object], path: str
) -> Iterator[DocumentProblem]:
    if name != "part" and "calibre" not in detail:
        yield DocumentProblem(
            child(path, "calibre"),
            NOTHING,
            "expected the calibre: a serial number alone identifies nothing",
        )
    if name == "firearm" and detail.get("type") in {None, "FIREARM_TYPE_UNKNOWN"}:
        value = shown(detail["type"]) if "type" in detail else NOTHING
        yield DocumentProblem(
            child(path, "type"),
            value,
            "expected the type of weapon: a serial number alone identifies nothing",
        )
