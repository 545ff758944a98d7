"""The weapons that a content speaks of, in the terms that they are compared by.

A content is read by its shape, whatever its kind; what is made of a weapon is left to
the modules beside this one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

FRAME: Final = "PART_KIND_FRAME_RECEIVER"
LOT: Final = "LOT"
"""Stands for a part where a number is that of a lot of ammunition."""

_DETAILS: Final = ("firearm", "ammunition", "part")
_WITHHELD: Final = "[withheld]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSerial:
    """A serial number as it stands in a content.

    Attributes:
        part: The part that bears it, as in `PartKind`; `LOT` for ammunition.
        raw: As read.
        mask: Place by place; may be empty.
        condition: Of this mark, as in `MarkingCondition`; may be empty.
        path: Where it stands in the content.
    """

    part: str
    raw: str
    mask: str = ""
    condition: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMark:
    """A mark other than a serial number.

    Attributes:
        kind: As in `MarkKind`, or "IMPORT_MARK" for an import mark.
        text: As read, or the symbol in words.
        country: Of an import mark, alpha-3.
        year: Of an import mark.
    """

    kind: str
    text: str = ""
    country: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialSpan:
    """An unbroken series of serial numbers, both ends included.

    Attributes:
        first: As read.
        last: As read.
        quantity: How many pieces; 0 means not stated.
        path: Where it stands in the content.
    """

    first: str
    last: str
    quantity: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapon:
    """What one content says of one object, or of a series of them.

    Attributes:
        kind: Kind of the content without version: "trace-request".
        path: Where it stands: "items[0]".
        item_class: As in `ItemClass`; may be empty, as may all that follows.
        type: As in `FirearmType`, or as in `PartKind` for a part.
        make: As marked.
        importer: As marked.
        brand_owner: As stated.
        model: As marked.
        calibre: As read.
        designation: The calibre that the sender understood it to be.
        country: Of manufacture, alpha-3, perhaps of a former State.
        year: Of manufacture.
        condition: Of the marks as a whole, as in `MarkingCondition`.
        quantity: How many; 0 means not known.
        serials: Serial numbers, that of the frame or receiver first.
        marks: Other marks, import marks included.
        ranges: Series of serial numbers.
    """

    kind: str
    path: str
    item_class: str = ""
    type: str = ""
    make: str = ""
    importer: str = ""
    brand_owner: str = ""
    model: str = ""
    calibre: str = ""
    designation: str = ""
    country: str = ""
    year: int | None = None
    condition: str = ""
    quantity: int = 0
    serials: tuple[ReadSerial, ...] = ()
    marks: tuple[ReadMark, ...] = ()
    ranges: tuple[SerialSpan, ...] = ()

    @property
    def primary(self) -> ReadSerial | None:
        """The number to search first: that of the frame or receiver, if it is read."""
        return self.serials[0] if self.serials else None


def weapons_in(kind: str, document: Mapping[str, object]) -> tuple[Weapon, ...]:
    """Returns every object that a content describes, in the order of the content.

    Args:
        kind: Kind with or without version.
        document: Protobuf's JSON mapping of the content. What is not of the shape
            that it should be is passed over.

    Returns:
        One for each item that has a description, and one for each list of series.
        A series takes its make, model and calibre from the items beside it when there
        is one only: of several it does not say which it is of.
    """
    return tuple(_weapons(kind.partition("/")[0], document, ""))


def _weapons(kind: str, found: object, path: str) -> Iterator[Weapon]:
    if isinstance(found, list):
        for position, one in enumerate(found):
            yield from _weapons(kind, one, f"{path}[{position}]")
        return
    if not isinstance(found, Mapping):
        return
    beside: list[Weapon] = []
    if detail := next((name for name in _DETAILS if name in found), ""):
        yield _weapon(kind, found, detail, path)
        return
    for name, inner in found.items():
        if name == "serialRanges":
            continue
        for weapon in _weapons(kind, inner, f"{path}.{name}" if path else str(name)):
            beside.append(weapon)
            yield weapon
    if ranges := tuple(_spans(found.get("serialRanges"), path)):
        yield _series(kind, path, ranges, beside)


def _weapon(kind: str, item: Mapping[str, object], detail: str, path: str) -> Weapon:
    found = _mapping(item.get(detail))
    calibre = _mapping(found.get("calibre"))
    place = f"{path}.{detail}"
    return Weapon(
        kind=kind,
        path=path,
        item_class=_text(item, "itemClass"),
        type=_text(found, "kind" if detail == "part" else "type"),
        make=_text(found, "make"),
        importer=_text(found, "importer"),
        brand_owner=_text(found, "brandOwner"),
        model=_text(found, "fits" if detail == "part" else "model"),
        calibre=_text(calibre, "raw"),
        designation=_text(calibre, "designation"),
        country=_text(found, "countryManufacture"),
        year=_number(found.get("yearManufacture")),
        condition=_text(found, "markingCondition"),
        quantity=_number(item.get("quantity")) or 0,
        serials=tuple(_serials(found, place)),
        marks=tuple(_marks(found)),
    )


def _serials(found: Mapping[str, object], place: str) -> Iterator[ReadSerial]:
    yield from _serial(FRAME, found.get("frameSerial"), f"{place}.frameSerial")
    part = _text(found, "kind")
    yield from _serial(part, found.get("serial"), f"{place}.serial")
    for position, other in enumerate(_list(found.get("otherSerials"))):
        one = _mapping(other)
        where = f"{place}.otherSerials[{position}].serial"
        yield from _serial(_text(one, "part"), one.get("serial"), where)
    if lot := _text(found, "lot"):
        yield ReadSerial(part=LOT, raw=lot, path=f"{place}.lot")


def _serial(part: str, found: object, path: str) -> Iterator[ReadSerial]:
    serial = _mapping(found)
    if raw := _text(serial, "raw"):
        yield ReadSerial(
            part=part,
            raw=raw,
            mask=_text(serial, "mask"),
            condition=_text(serial, "condition"),
            path=path,
        )


def _marks(found: Mapping[str, object]) -> Iterator[ReadMark]:
    for mark in map(_mapping, _list(found.get("marks"))):
        text = _text(mark, "text") or _text(mark, "symbol")
        yield ReadMark(kind=_text(mark, "kind"), text=text)
    for mark in map(_mapping, _list(found.get("importMarks"))):
        yield ReadMark(
            kind="IMPORT_MARK",
            text=_text(mark, "text") or _text(mark, "authority"),
            country=_text(mark, "country"),
            year=_number(mark.get("year")),
        )


def _spans(found: object, path: str) -> Iterator[SerialSpan]:
    for position, one in enumerate(map(_mapping, _list(found))):
        first, last = _mapping(one.get("first")), _mapping(one.get("last"))
        place = f"{path}.serialRanges" if path else "serialRanges"
        if _text(first, "raw") and _text(last, "raw"):
            yield SerialSpan(
                first=_text(first, "raw"),
                last=_text(last, "raw"),
                quantity=_number(one.get("quantity")) or 0,
                path=f"{place}[{position}]",
            )


def _series(
    kind: str, path: str, ranges: tuple[SerialSpan, ...], beside: list[Weapon]
) -> Weapon:
    like = beside[0] if len(beside) == 1 else Weapon(kind=kind, path=path)
    return Weapon(
        kind=kind,
        path=f"{path}.serialRanges" if path else "serialRanges",
        item_class=like.item_class,
        type=like.type,
        make=like.make,
        importer=like.importer,
        brand_owner=like.brand_owner,
        model=like.model,
        calibre=like.calibre,
        designation=like.designation,
        country=like.country,
        year=like.year,
        ranges=ranges,
    )


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    # What was not told is not compared either.
    return value if isinstance(value, str) and value != _WITHHELD else ""


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
