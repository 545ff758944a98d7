"""What was answered about each item of a case, over all its legs.

An item is the same in two requests when it bears the same reference of ours, or the
same number. What the answers make together is left to `broker.core.tracing.custody`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from broker.core.identification.fingerprint import fingerprint, is_unique
from broker.core.identification.weapon import weapons_in

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of a case, and where its items stand in the case.

    Attributes:
        digest: Of the message; 32 bytes.
        at_ms: When it was sealed, in ms since the epoch.
        items: Its items, by JSON names.
    """

    digest: bytes
    at_ms: int
    items: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer.

    Attributes:
        digest: Of the message; 32 bytes.
        name: Its id, as people type it.
        by: Who answers.
        at_ms: When it was sealed, in ms since the epoch.
        request: Digest of the request that it is about.
        document: A `TraceResponse`, by JSON names.
    """

    digest: bytes
    name: str
    by: str
    at_ms: int
    request: bytes
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one answer says of one item.

    Attributes:
        by: Who says it.
        message: Id of the message in which it is said.
        result: A `TraceResult`, by JSON names.
    """

    by: str
    message: str
    result: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """One item of a case, and all that was said of it.

    Attributes:
        described: As the first request describes it.
        statements: What counts, in order of time: the last word of each State on each
            request.
        replaced: What the same State has said before, likewise.
    """

    described: Document
    statements: tuple[Statement, ...]
    replaced: tuple[Statement, ...]


def case_items(asked: Iterable[Asked], said: Iterable[Said]) -> tuple[CaseItem, ...]:
    """Returns the items of a case, in the order of its requests.

    The result depends on the sets alone, not on the order of either.

    Args:
        asked: The requests.
        said: The answers; those to no request here are passed over.
    """
    items: list[Document] = []
    marked: dict[object, list[int]] = {}
    places: dict[tuple[bytes, int], int] = {}
    for request in sorted(asked, key=lambda one: (one.at_ms, one.digest)):
        taken: set[int] = set()
        for position, item in enumerate(request.items):
            marks = _marks(item)
            alike = (at for mark in marks for at in marked.get(mark, ()))
            at = min((at for at in alike if at not in taken), default=len(items))
            if at == len(items):
                items.append(item)
                for mark in marks:
                    marked.setdefault(mark, []).append(at)
            taken.add(at)
            places[request.digest, position] = at
    newest: list[dict[tuple[str, bytes], Statement]] = [{} for _ in items]
    replaced: list[list[Statement]] = [[] for _ in items]
    for answer in sorted(said, key=lambda one: (one.at_ms, one.digest)):
        for position, statement in _statements(answer):
            at = places.get((answer.request, position), -1)
            if at < 0:
                continue
            earlier = newest[at].pop((answer.by, answer.request), None)
            if earlier is not None:
                replaced[at].append(earlier)
            newest[at][answer.by, answer.request] = statement
    return tuple(
        CaseItem(
            described=item,
            statements=tuple(newest[at].values()),
            replaced=tuple(replaced[at]),
        )
        for at, item in enumerate(items)
    )


def position_of(items: Sequence[Document], wanted: Document) -> int | None:
    """Returns where an item stands among others; None when it is not there."""
    marks = _marks(wanted)
    return next((at for at, one in enumerate(items) if marks & _marks(one)), None)


def _marks(item: Document) -> frozenset[object]:
    """Returns by what an item is known again."""
    found: set[object] = set()
    if reference := item.get("reference"):
        found.add(reference)
    for weapon in weapons_in("trace-request", item):
        if is_unique(weapon):
            found.add(fingerprint(weapon))
        elif weapon.primary is not None:
            found.add((weapon.primary.raw, weapon.primary.mask))
    return frozenset(found)


def _statements(answer: Said) -> Iterator[tuple[int, Statement]]:
    """Yields what an answer says, with the position of the item in its request."""
    results = answer.document.get("results")
    for result in results if isinstance(results, list) else ():
        if isinstance(result, Mapping):
            position = result.get("item")
            if isinstance(position, int):
                yield (
                    position,
                    Statement(by=answer.by, message=answer.name, result=result),
                )
