"""One content as registers read it, and how its fields are taken out of it.

What the fields mean is left to the registers.
"""

import base64
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from keys.identity import PartyId

Fields = Mapping[str, object]

STEP: Final = "case-step"
"""Kind of every procedural step, without version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One content that somebody signed.

    Attributes:
        kind: Without version: "stock-loss".
        digest: Of the signed header by which its author sealed it, 32 bytes.
        by: Its author.
        to: To whom it was sealed.
        at_ms: When, in ms since the epoch; of a copy, when that was sealed.
        in_reply_to: The message that it answers, or empty.
        via: Who passed it on; empty when it came from its author. What was passed on
            is not proved to be its author's.
        fields: Protobuf's JSON mapping of the content.
    """

    kind: str
    digest: bytes
    by: PartyId
    to: tuple[PartyId, ...]
    at_ms: int
    in_reply_to: bytes = b""
    via: str = ""
    fields: Fields

    @property
    def order(self) -> tuple[int, bytes]:
        """By which statements are put in order, oldest first."""
        return self.at_ms, self.digest


def text(fields: Fields, name: str) -> str:
    """Returns a text, or nothing."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number(fields: Fields, name: str) -> int:
    """Returns a whole number, which the JSON mapping may write as text; or 0."""
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) else 0


def inner(fields: Fields, name: str) -> Fields:
    """Returns a message within, or an empty one."""
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}


def listed(fields: Fields, name: str) -> Iterator[Fields]:
    """Yields the messages of a list."""
    value = fields.get(name)
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield one


def words(fields: Fields, name: str) -> tuple[str, ...]:
    """Returns a list of words."""
    value = fields.get(name)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def digest_in(fields: Fields, name: str) -> bytes:
    """Returns bytes that the JSON mapping writes in base64; or none."""
    try:
        return base64.b64decode(text(fields, name), validate=True)
    except ValueError:
        return b""


def plain(value: str, prefix: str) -> str:
    """Returns "in-force" for PREFIX_IN_FORCE."""
    return value.removeprefix(prefix).lower().replace("_", "-")


def folded(value: str) -> str:
    """Returns letters and digits alone, in capitals: numbers are compared by it."""
    spelled = unicodedata.normalize("NFKC", value).upper()
    return "".join(sign for sign in spelled if sign.isalnum())


def roots(statements: Iterable[Statement], opening: str) -> dict[bytes, bytes]:
    """Returns the message that opened the matter of each statement, by digest.

    What opens matters is of an earlier one only if the same party says it anew. An
    answer to what is not known here leads to itself.

    Args:
        statements: In any order.
        opening: Kind that opens matters, without version.
    """
    known = {one.digest: one for one in statements}
    found: dict[bytes, bytes] = {}
    for digest in known:
        way, step = [], digest
        # Nobody can answer what is yet to be sealed: the way back ends.
        while step in known and step not in found and step not in way:
            way.append(step)
            step = known[step].in_reply_to
        root = found.get(step, way[-1] if way else digest)
        for each in reversed(way):
            one, opener = known[each], known[root]
            anew = (one.kind, one.by) == (opener.kind, opener.by)
            if one.kind == opening and not anew:
                root = each
            found[each] = root
    return found


def matters(statements: Iterable[Statement], opening: str) -> list[list[Statement]]:
    """Returns the statements of each matter, oldest first in it; matters likewise.

    Args:
        statements: In any order.
        opening: Kind that opens matters, without version. All of it in one matter is
            by one party; what belongs to no matter is left out.
    """
    ordered = sorted(statements, key=lambda one: one.order)
    root_of = roots(ordered, opening)
    found: dict[bytes, list[Statement]] = defaultdict(list)
    for one in ordered:
        found[root_of[one.digest]].append(one)
    opened = (one for one in ordered if one.kind == opening)
    return [
        found[root] for root in dict.fromkeys(root_of[one.digest] for one in opened)
    ]


def wordings(matter: Iterable[Statement], opening: str) -> list[Statement]:
    """Returns what opened a matter, and said it anew; the last one counts."""
    return [one for one in matter if one.kind == opening]


def acts(matter: Iterable[Statement], by: PartyId) -> list[str]:
    """Returns the procedural steps of a party in a matter, oldest first."""
    return [
        text(one.fields, "act") for one in matter if one.kind == STEP and one.by == by
    ]
