"""Signs that one certificate is used more often than it should be: leads, never acts.

A lead says why, and what harmless reason there may be. Deciding is left to people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from broker.core.registers.certificates import Covered, Registration, Standing
from broker.core.registers.spans import first_day
from broker.core.registers.statement import folded
from broker.core.registers.uses import Certificate, Use, group_of


class Sign(StrEnum):
    """What is odd about the uses of a certificate."""

    QUANTITY = "quantity"
    STATED = "stated"
    DELIVERED = "delivered"
    DESTINATIONS = "destinations"
    EXPORTERS = "exporters"
    AFTER_END = "after-end"
    END_USERS = "end-users"
    CONSIGNMENTS = "consignments"
    ASKERS = "askers"
    FILES = "files"
    NUMBERS = "numbers"


STRONG = frozenset(
    {
        Sign.QUANTITY,
        Sign.STATED,
        Sign.DELIVERED,
        Sign.DESTINATIONS,
        Sign.EXPORTERS,
        Sign.AFTER_END,
    }
)
"""Signs that follow from numbers, countries and days; the others have often a harmless
reason: another spelling, another scan of the same paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason to look.

    Attributes:
        sign: What is odd.
        text: What the messages say, as a sentence without full stop.
    """

    sign: Sign
    text: str

    @property
    def strong(self) -> bool:
        """Whether it is more than a likeness."""
        return self.sign in STRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A certificate whose uses a person should look at.

    Attributes:
        certificate: The certificate with its uses.
        reasons: Strong ones first; at least one.
    """

    certificate: Certificate
    reasons: tuple[Reason, ...]

    @property
    def strong(self) -> bool:
        """Whether any reason is more than a likeness."""
        return any(one.strong for one in self.reasons)


def leads(certificates: Iterable[Certificate]) -> tuple[Lead, ...]:
    """Returns the certificates that may have been used twice, strong leads first."""
    found = []
    for one in certificates:
        reasons = sorted(_reasons(one), key=lambda reason: not reason.strong)
        if reasons:
            found.append(Lead(certificate=one, reasons=tuple(reasons)))
    return tuple(sorted(found, key=lambda lead: (not lead.strong, -len(lead.reasons))))


def _reasons(one: Certificate) -> Iterator[Reason]:
    shipments = _shipments(one.uses)
    covering = one.covering
    yield from _beyond_cover(shipments, covering)
    yield from _stated(one.uses, covering)
    yield from _delivered(one, covering)
    for sign, values, what in (
        (Sign.DESTINATIONS, {use.destined_to for use in one.uses}, "destinations"),
        (Sign.EXPORTERS, {use.exported_from for use in one.uses}, "exporting States"),
    ):
        if len(several := sorted(values - {""})) > 1:
            yield Reason(sign=sign, text=f"{what}: {', '.join(several)}")
    yield from _after_end(one)
    yield from _differing(one)
    if len(shipments) > 1 and covering is None:
        yield Reason(
            sign=Sign.CONSIGNMENTS,
            text=f"used for {len(shipments)} consignments, and it is not known what it "
            "covers: parts of one delivery may travel apart",
        )
    askers = {use.statement.by for use in one.uses}
    if len(askers) > 1:
        yield Reason(
            sign=Sign.ASKERS,
            text=f"{', '.join(sorted(askers))} have to do with it: an exporter and a "
            "State of transit may both ask",
        )


def _shipments(used: Sequence[Use]) -> list[tuple[Use, ...]]:
    """Returns the uses by consignment; those that share any name are of one.

    A use of which no consignment is known is left out: it may be any of the others.
    """
    groups: list[tuple[set[str], list[Use]]] = []
    for use in used:
        if not use.consignment:
            continue
        names, same = set(use.consignment), [use]
        apart = []
        for group in groups:
            if group[0] & names:
                names |= group[0]
                same = group[1] + same
            else:
                apart.append(group)
        groups = [*apart, (names, same)]
    return [tuple(same) for _, same in groups]


def _beyond_cover(
    shipments: Sequence[tuple[Use, ...]], covering: Registration | None
) -> Iterator[Reason]:
    """Compares what all consignments hold with what the certificate covers."""
    if covering is None:
        return
    shipped: Counter[str] = Counter()
    for shipment in shipments:
        # Several messages about one consignment count it once.
        for group in {group for use in shipment for group in use.quantities}:
            shipped[group] += max(use.quantities.get(group, 0) for use in shipment)
    covered = _covered(covering.covers)
    for group, count in sorted(shipped.items()):
        if count > covered[group]:
            yield Reason(
                sign=Sign.QUANTITY,
                text=f"{count} {group} in {len(shipments)} consignment(s), and "
                f"{covered[group]} covered, as {covering.statement.by} registered it",
            )


def _covered(lines: Iterable[Covered]) -> Counter[str]:
    covered: Counter[str] = Counter()
    for line in lines:
        covered[group_of(line.item_class)] += line.quantity
    return covered


def _delivered(one: Certificate, covering: Registration | None) -> Iterator[Reason]:
    """Compares what is said to have arrived with all that the certificate covers."""
    arrived = [
        finding.delivered
        for verification in one.verifications
        if verification.subject == "delivery"
        for finding in verification.findings
    ]
    most = max(arrived, default=0)
    if covering is not None and most > (
        total := sum(_covered(covering.covers).values())
    ):
        yield Reason(
            sign=Sign.DELIVERED,
            text=f"{most} arrived in one delivery, and {total} are covered",
        )


def _stated(used: Sequence[Use], covering: Registration | None) -> Iterator[Reason]:
    """Compares what the paper is said to cover with what was registered."""
    if covering is None:
        return
    covered = _covered(covering.covers)
    for group in sorted(covered):
        most = max((_covered(use.stated)[group] for use in used), default=0)
        if most > covered[group]:
            yield Reason(
                sign=Sign.STATED,
                text=f"said to cover {most} {group or 'other items'}, and registered "
                f"by {covering.statement.by} for {covered[group]}",
            )


def _after_end(one: Certificate) -> Iterator[Reason]:
    """Finds consignments that left after the issuer's own registration had ended."""
    own = [each for each in one.registrations if each.authoritative]
    if not own:
        return
    last = own[-1]
    days = [first_day(use.departure) for use in one.uses if use.departure]
    late = [day for day in days if last.span.before(day) or last.ended_by(day)]
    if late:
        ended = Standing.EXPIRED if last.ending is None else last.ending.standing
        yield Reason(
            sign=Sign.AFTER_END,
            text=f"goods left on {max(late)}, after its end ({ended})",
        )


def _differing(one: Certificate) -> Iterator[Reason]:
    """Finds what should be the same wherever the certificate turns up."""
    named = [each.end_user for each in one.registrations if each.end_user]
    named += [use.end_user for use in one.uses if use.end_user]
    if len(spelled := _distinct(named)) > 1:
        yield Reason(
            sign=Sign.END_USERS,
            text=f"end users: {'; '.join(spelled)} (it may be one name in two "
            "spellings)",
        )
    files = {paper.sha256 for paper in one.papers if paper.sha256}
    if len(files) > 1:
        yield Reason(
            sign=Sign.FILES,
            text=f"{len(files)} different files under one number (another scan of the "
            "same paper is another file)",
        )
    numbers = _distinct([paper.number for paper in one.papers if paper.number])
    if len(numbers) > 1:
        yield Reason(
            sign=Sign.NUMBERS, text=f"one file under {len(numbers)} different numbers"
        )


def _distinct(values: Iterable[str]) -> list[str]:
    """Returns each value once, as it was first written, whatever case and spaces."""
    return list({folded(one): one for one in reversed(list(values))}.values())[::-1]
