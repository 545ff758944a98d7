"""Where certificates turn up: what each message says that one of them is used for.

What follows from several uses is left to `broker.core.registers.double_use`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.core.registers.certificates import (
    Covered,
    Paper,
    Registration,
    actor_name,
    covered_in,
    paper_in,
)
from broker.core.registers.statement import (
    Fields,
    Statement,
    folded,
    inner,
    listed,
    number,
    text,
)
from broker.core.registers.verifications import REQUEST, Verification

ALERT: Final = "diversion-alert"
USING_KINDS: Final = (REQUEST, ALERT)

WEAPONS: Final = "weapons"
PARTS: Final = "parts"
AMMUNITION: Final = "ammunition"
_GROUP_OF_CLASS: Final[Mapping[str, str]] = {
    "firearm": WEAPONS,
    "light-weapon": WEAPONS,
    "convertible": WEAPONS,
    "part": PARTS,
    "accessory": PARTS,
    "ammunition": AMMUNITION,
}
_GROUP_OF_HEADING: Final[Mapping[str, str]] = {
    # Harmonized System, chapter 93, by heading.
    "9301": WEAPONS,
    "9302": WEAPONS,
    "9303": WEAPONS,
    "9305": PARTS,
    "9306": AMMUNITION,
}
_COUNTED_UNITS: Final = frozenset(
    {"", "piece", "pieces", "pc", "pcs", "unit", "units", "round", "rounds"}
)
_USED_PAPERS: Final = frozenset(
    {"end-user-certificate", "import-licence", "export-licence"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One message in which a certificate stands for goods.

    Attributes:
        statement: The message.
        paper: The certificate, as the message gives it.
        consignment: Whatever tells the consignment from others: its reference, waybill,
            containers; empty when there is none, or nothing is known of it.
        exported_from: Country; may be empty.
        destined_to: Country; may be empty.
        end_user: May be empty.
        quantities: How many of each group the consignment holds, as far as its papers
            count pieces or rounds.
        stated: What the certificate is said to cover.
        departure: When the first leg left or is to leave; may be empty.
    """

    statement: Statement
    paper: Paper
    consignment: frozenset[str]
    exported_from: str
    destined_to: str
    end_user: str
    quantities: Mapping[str, int]
    stated: tuple[Covered, ...]
    departure: str


def group_of(item_class: str) -> str:
    """Returns the group by which a class is counted; empty for one that is not."""
    return _GROUP_OF_CLASS.get(item_class, "")


def uses(statements: Iterable[Statement]) -> tuple[Use, ...]:
    """Returns every use, oldest first, whatever order statements come in.

    Args:
        statements: Verification requests and alerts; others are passed over.
    """
    found = [use for one in statements for use in _uses_in(one)]
    return tuple(sorted(found, key=lambda one: one.statement.order))


def _uses_in(statement: Statement) -> Iterator[Use]:
    fields = statement.fields
    if statement.kind == REQUEST:
        paper = paper_in(inner(fields, "certificate"))
        yield _use(statement, paper, actor_name(fields, "endUser"))
    if statement.kind == ALERT:
        documents = listed(inner(fields, "consignment"), "documents")
        papers = [one for one in map(paper_in, documents) if one.kind in _USED_PAPERS]
        if papers:
            use = _use(statement, papers[0], _named_end_user(fields))
            # What is said of the consignment is read once, however many papers it has.
            yield from (replace(use, paper=paper) for paper in dict.fromkeys(papers))


def _use(statement: Statement, paper: Paper, end_user: str) -> Use:
    consignment = inner(statement.fields, "consignment")
    counted = _counted_goods(consignment) or _counted_items(statement.fields)
    departures = (text(leg, "departure") for leg in listed(consignment, "legs"))
    return Use(
        statement=statement,
        paper=paper,
        consignment=frozenset(_names(consignment)),
        exported_from=text(consignment, "exportedFrom"),
        destined_to=text(consignment, "destinedTo"),
        end_user=end_user,
        quantities=counted if consignment else {},
        stated=covered_in(statement.fields),
        departure=next(departures, ""),
    )


def _named_end_user(fields: Fields) -> str:
    for actor in listed(fields, "parties"):
        if text(actor, "role") == "ACTOR_ROLE_END_USER":
            return text(actor, "name")
    return ""


def _names(consignment: Fields) -> Iterator[str]:
    """Yields what tells a consignment from others."""
    if reference := folded(text(consignment, "reference")):
        yield reference
    for leg in listed(consignment, "legs"):
        for name in ("billOfLading", "airWaybill", "parcel"):
            if number_of := folded(text(leg, name)):
                yield number_of
        for container in listed(leg, "containers"):
            # A container travels again: it names a consignment only with its voyage.
            voyage = folded(text(leg, "voyage")) or text(leg, "departure")
            if voyage:
                yield f"{folded(text(container, 'number'))}/{voyage}"


def _counted_goods(consignment: Fields) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for line in listed(consignment, "goods"):
        heading = folded(text(line, "hsCode"))[:4]
        unit = text(line, "unit").strip().lower()
        if heading in _GROUP_OF_HEADING and unit in _COUNTED_UNITS:
            counted[_GROUP_OF_HEADING[heading]] += number(line, "quantity")
    return {group: count for group, count in counted.items() if count}


def _counted_items(fields: Fields) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for item in listed(fields, "items"):
        item_class = text(item, "itemClass").removeprefix("ITEM_CLASS_").lower()
        if group := group_of(item_class.replace("_", "-")):
            counted[group] += number(item, "quantity")
    return {group: count for group, count in counted.items() if count}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """All that is known of one certificate.

    Attributes:
        registrations: Oldest first.
        verifications: Likewise.
        uses: Likewise.
    """

    registrations: tuple[Registration, ...]
    verifications: tuple[Verification, ...]
    uses: tuple[Use, ...]

    @property
    def papers(self) -> tuple[Paper, ...]:
        """What identifies it, in the words of each message."""
        registered = (one.paper for one in self.registrations)
        asked = (one.paper for one in self.verifications)
        used = (one.paper for one in self.uses)
        return tuple(one for one in (*registered, *asked, *used) if one is not None)

    @property
    def covering(self) -> Registration | None:
        """The registration that says what it covers: the issuer's before others'."""
        saying = [one for one in self.registrations if one.covers and not one.replaced]
        saying.sort(key=lambda one: (one.authoritative, one.statement.order))
        return saying[-1] if saying else None


def certificates(
    registrations: Iterable[Registration],
    verifications: Iterable[Verification],
    used: Iterable[Use],
) -> tuple[Certificate, ...]:
    """Returns every certificate that was registered, asked about or used.

    Those that share a file, or number and issuer, are one.
    """
    rows: list[tuple[Paper, Registration | Verification | Use]] = [
        *((one.paper, one) for one in registrations if one.paper is not None),
        *((one.paper, one) for one in verifications),
        *((one.paper, one) for one in used),
    ]
    groups: dict[str, list[Registration | Verification | Use]] = defaultdict(list)
    leaders = _leaders([paper for paper, _ in rows])
    for leader, (_, row) in zip(leaders, rows, strict=True):
        groups[leader].append(row)
    return tuple(_certificate(group) for group in groups.values())


def _certificate(group: list[Registration | Verification | Use]) -> Certificate:
    return Certificate(
        registrations=tuple(one for one in group if isinstance(one, Registration)),
        verifications=tuple(one for one in group if isinstance(one, Verification)),
        uses=tuple(one for one in group if isinstance(one, Use)),
    )


def _leaders(papers: list[Paper]) -> list[str]:
    """Returns one name for all papers that are the same, directly or by others."""
    issuers: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        if paper.issued_by:
            called = folded(paper.number) or paper.number
            issuers[called].add(paper.issued_by)
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (higher := above.setdefault(name, name)) != name:
            # Halves the way for whoever comes next.
            above[name] = above.get(higher, higher)
            name = above[name]
        return name

    names = [_names_of(paper, issuers) for paper in papers]
    for first, *others in names:
        for other in others:
            above[top(other)] = top(first)
    return [top(first) for first, *_ in names]


def _names_of(paper: Paper, issuers: Mapping[str, set[str]]) -> list[str]:
    """Returns what a paper can be told by; those that share any of it are one."""
    names = [f"file {paper.sha256.hex()}"] if paper.sha256 else []
    if paper.number:
        called = folded(paper.number) or paper.number
        known = issuers.get(called, set())
        # Whoever leaves the issuer out means the only one there is, if there is one.
        issuer = paper.issued_by or ("".join(known) if len(known) == 1 else "")
        names.append(f"number {called} of {issuer}")
    return names
