"""Models that are converted into firearms, over all reports of techniques.

A report that was passed on counts once; what is not known stays apart from nought.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_METHOD: Final = "CONVERSION_METHOD_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One report, as it was read.

    Attributes:
        digest: Of the message.
        by: Who sent it.
        document: Its content, of the kind conversion-technique.
    """

    digest: bytes
    by: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convertible:
    """One model that is converted.

    Attributes:
        make: As the reports write it; empty: not said.
        model: Likewise.
        item_class: In words: "convertible".
        methods: In words: "barrel-replaced".
        reports: How many there are.
        origins: By whom.
        seen: How many objects the reports speak of together; None: none of them says.
        digests: Of the reports.
    """

    make: str
    model: str
    item_class: str
    methods: frozenset[str]
    reports: int
    origins: frozenset[str]
    seen: int | None
    digests: tuple[bytes, ...]


def convertibles(techniques: Iterable[Technique]) -> tuple[Convertible, ...]:
    """Returns every model that is converted, by make and model.

    Spelling in other cases or with other spaces is the same model. A number that a
    report gives for several models together is counted for none of them.

    Args:
        techniques: The reports, in any order, each any number of times.
    """
    known = {one.digest: one for one in techniques}
    groups: dict[tuple[str, str, str], list[tuple[Technique, str, str]]] = {}
    for digest in sorted(known):
        technique = known[digest]
        for item_class, make, model in _models(technique.document):
            key = (item_class, _folded(make), _folded(model))
            groups.setdefault(key, []).append((technique, make, model))
    found = [_together(key[0], reports) for key, reports in groups.items()]
    return tuple(sorted(found, key=lambda one: (_folded(one.make), _folded(one.model))))


def _together(
    item_class: str, reports: list[tuple[Technique, str, str]]
) -> Convertible:
    techniques = {one.digest: one for one, _, _ in reports}
    counts = [
        count for one in techniques.values() if (count := _seen(one.document)) > 0
    ]
    return Convertible(
        make=reports[0][1],
        model=reports[0][2],
        item_class=item_class,
        methods=frozenset(
            method for one in techniques.values() for method in _methods(one.document)
        ),
        reports=len(techniques),
        origins=frozenset(one.by for one in techniques.values()),
        seen=sum(counts) if counts else None,
        digests=tuple(techniques),
    )


def _models(document: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for item in _objects(document):
        detail = next(
            (
                value
                for name in ("firearm", "part")
                if isinstance(value := item.get(name), Mapping)
            ),
            {},
        )
        make = str(detail.get("make", ""))
        model = str(detail.get("model") or detail.get("fits") or "")
        item_class = str(item.get("itemClass")).removeprefix("ITEM_CLASS_").lower()
        if make or model:
            yield item_class.replace("_", "-"), make, model


def _objects(document: Mapping[str, object]) -> list[Mapping[str, object]]:
    value = document.get("objects")
    listed = value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, Mapping)]


def _seen(document: Mapping[str, object]) -> int:
    """Returns how many of one model a report speaks of; 0: not known."""
    if len(_objects(document)) != 1:
        return 0
    return int(str(document.get("seen", 0)))


def _methods(document: Mapping[str, object]) -> Iterator[str]:
    value = document.get("methods")
    for one in value if isinstance(value, list) else ():
        yield str(one).removeprefix(_METHOD).lower().replace("_", "-")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
