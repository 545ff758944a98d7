"""What a TAXII client asks of a collection, and the page that it gets.

Pages hold no state here: `next` says where the last one ended. Speaking HTTP is left to
`adapters.stix.taxii_app`.
"""

import base64
import binascii
import bisect
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.stix.view import Shown

PAGE_MAX: Final = 500
"""Objects of one page; clients may ask for fewer."""
_PAGE_MAX_SIZE: Final = 8 * 1024 * 1024
"""Characters of one page, roughly: one message can be large, and a page holds many."""
_MATCHES: Final = frozenset({"id", "type", "version", "spec_version"})
_VALUES_MAX: Final = 100  # of one filter
_LATEST: Final = ("last",)
_EDGES: Final = frozenset({"first", "last", "all"})
_US: Final = dt.timedelta(microseconds=1)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class FilterError(Exception):
    """A question that is not understood: answered as such, never guessed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks for.

    Attributes:
        after_us: Nothing that was added before or then, in microseconds.
        limit: Objects at most.
        ids: Only these; empty: all.
        types: Likewise.
        spec_versions: Likewise.
        versions: "first", "last", "all", or times of versions.
    """

    after_us: int = 0
    limit: int = PAGE_MAX
    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    spec_versions: frozenset[str] = frozenset()
    versions: tuple[str, ...] = _LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a client gets.

    Attributes:
        shown: The objects, in the order in which they were added.
        next: Where the next page begins; empty: this is the last.
    """

    shown: tuple[Shown, ...]
    next: str = ""


def read_question(
    query: Iterable[tuple[str, str]], allowed: frozenset[str] = _MATCHES
) -> Asked:
    """Returns what a query string asks for.

    Args:
        query: Its names and values, in order.
        allowed: Filters that this resource knows (TAXII 2.1, section 3.4).

    Raises:
        FilterError: A filter that is not known here, given twice, or no such value.
    """
    found: dict[str, str] = {}
    for name, value in query:
        if name in found:
            raise FilterError(f"{name} is given more than once")
        found[name] = value
    for name in found:
        inner = name.removeprefix("match[").removesuffix("]")
        if name.startswith("match") and (
            inner not in allowed or name != f"match[{inner}]"
        ):
            raise FilterError(f"{name} is not a filter of this resource")
    after = _after(found.get("added_after", ""))
    place = _place(found.get("next", ""))
    return Asked(
        after_us=max(after, place),
        limit=_limit(found.get("limit", "")),
        ids=frozenset(_values(found, "id")),
        types=frozenset(_values(found, "type")),
        spec_versions=frozenset(_values(found, "spec_version")),
        versions=tuple(_values(found, "version")) or _LATEST,
    )


def page_of(shown: Sequence[Shown], asked: Asked) -> Page:
    """Returns the next objects of a collection that a client asked for.

    Args:
        shown: What is in it, each object in one version, in the order of adding.
        asked: What is asked for.
    """
    begin = bisect.bisect_right(shown, asked.after_us, key=_added)
    page: list[Shown] = []
    size = 0
    for one in itertools.islice(shown, begin, None):
        if not _matches(one, asked):
            continue
        size += one.size
        if len(page) == asked.limit or (page and size > _PAGE_MAX_SIZE):
            return Page(shown=tuple(page), next=_mark(page[-1].added_us))
        page.append(one)
    return Page(shown=tuple(page))


def _added(one: Shown) -> int:
    return one.added_us


def _matches(one: Shown, asked: Asked) -> bool:
    made = one.object
    return (
        (not asked.ids or made["id"] in asked.ids)
        and (not asked.types or made["type"] in asked.types)
        and (not asked.spec_versions or made["spec_version"] in asked.spec_versions)
        and (bool(_EDGES & set(asked.versions)) or one.version in asked.versions)
    )


def _values(found: Mapping[str, str], name: str) -> list[str]:
    given = found.get(f"match[{name}]")
    if given is None:
        return []
    values = given.split(",")
    if not all(values) or len(values) > _VALUES_MAX:
        raise FilterError(f"match[{name}] needs 1 to {_VALUES_MAX} values")
    if name == "version":
        for value in values:
            if value not in _EDGES:
                _after(value)
    return values


def _limit(given: str) -> int:
    if not given:
        return PAGE_MAX
    if not given.isdecimal() or not given.isascii() or int(given[:9]) == 0:
        raise FilterError("limit has to be a number above 0")
    return min(int(given[:9]), PAGE_MAX)


def _after(given: str) -> int:
    if not given:
        return 0
    try:
        moment = dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise FilterError("a time is written as 2026-01-31T12:00:00.000Z") from error
    if moment.tzinfo is None or "T" not in given:
        raise FilterError("a time is written as 2026-01-31T12:00:00.000Z")
    return (moment - _EPOCH) // _US


def _mark(us: int) -> str:
    return base64.urlsafe_b64encode(str(us).encode()).decode().rstrip("=")


def _place(given: str) -> int:
    if not given:
        return 0
    try:
        told = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode("ascii")
        return int(told)
    except (ValueError, binascii.Error) as error:
        raise FilterError("next is not what a page before has said") from error
