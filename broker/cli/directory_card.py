"""The card of a party as a person reads it: whom to call, and how far to rely on it.

What is on it comes from `broker.cli.directory_fields`; nothing is looked up here.
"""

import sys
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from broker.app.contacts import HeldCard
from broker.cli.directory_fields import Imported, Shown
from broker.cli.output import visible
from broker.core.contacts import Person, attestation
from broker.core.status import iso_time
from keys.directory.model import (
    Contact,
    Membership,
    Office,
    OfficeRole,
    PartyRecord,
    PublishedKey,
)

_WIDTH: Final = 100
_INDENT: Final = 2
_NAME_WIDTH: Final = 44
_REACH_WIDTH: Final = 36
_LANGUAGE_WIDTH: Final = 14
_STALE: Final = "bold red"
_ROLES: Final = {
    OfficeRole.DUTY_DESK: "Duty desk",
    OfficeRole.TRACING_AUTHORITY: "Competent authority for tracing",
    OfficeRole.INTERPOL_NCB: "INTERPOL National Central Bureau",
    OfficeRole.TECHNICAL_LIAISON: "Technical liaison",
    OfficeRole.COORDINATION: "National coordination",
    OfficeRole.POLICE: "Police",
    OfficeRole.CUSTOMS: "Customs",
    OfficeRole.BORDER: "Border control",
    OfficeRole.LICENSING: "Licensing of transfers",
    OfficeRole.MILITARY: "Armed forces",
    OfficeRole.FINANCIAL_INTELLIGENCE: "Financial intelligence",
}
"""What roles are called, in the order in which they are shown."""


def print_card(shown: Shown) -> None:
    """Prints the card on standard output, at most 100 columns wide."""
    console = Console(
        width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False
    )
    console.width = min(console.width, _WIDTH)
    console.print(Group(*_sections(shown)))


def role_name(role: OfficeRole | None) -> str:
    """Returns what a role is called on a card."""
    return "Point of contact" if role is None else _ROLES[role]


def _sections(shown: Shown) -> Iterator[RenderableType]:
    record = shown.record
    yield _title(shown)
    if shown.failed:
        yield _line(f"cannot be relied on: {shown.failed}", _STALE)
    if record is None and not shown.failed:
        yield _line("not a party of this federation", "bold")
    if record is not None:
        yield from _standing_lines(record, shown.membership, shown.now_ms)
        yield from _heading("National point of contact")
        yield _indented(_contact(record.contact))
        yield from _offices(record.offices)
        if record.marking_practices:
            yield from _heading("Marking practices")
            yield _line(record.marking_practices)
    yield from _people(shown)
    if record is not None:
        yield from _keys(record, shown)
    yield from _imported(shown.imported)


def _title(shown: Shown) -> Text:
    name = "" if shown.record is None else shown.record.name
    title = Text(f"{shown.party}", style="bold")
    for part in dict.fromkeys(filter(None, (shown.country, name))):
        title.append(f"  {visible(part)}", style="bold")
    return title


def _standing_lines(
    record: PartyRecord, membership: Membership, now_ms: int
) -> Iterator[RenderableType]:
    suspension = membership.suspension
    if suspension is not None and now_ms >= suspension.since_ms:
        day = iso_time(suspension.since_ms)[:10]
        yield _line(f"SUSPENDED since {day}: {suspension.reason}", _STALE)
    found = attestation(record, now_ms)
    at_ms = record.attested_at_ms
    when = "" if at_ms is None else f" ({iso_time(at_ms)[:10]})"
    text = Text("contacts attested by the party: ")
    text.append(f"{found}{when}", style=_STALE if found.stale else "green")
    yield _indented(text)


def _contact(contact: Contact) -> Table:
    grid = _grid()
    if not contact.office:
        grid.add_row("(not published)")
    else:
        _add(grid, contact.office, _reached(contact), contact.languages)
    return grid


def _offices(offices: Sequence[Office]) -> Iterator[RenderableType]:
    always = [office for office in offices if office.round_the_clock]
    if always:
        yield from _heading("At every hour of every day")
        yield _indented(_office_grid(always, with_role=True))
    for role, title in _ROLES.items():
        of_role = [o for o in offices if o.role is role and o not in always]
        if of_role:
            yield from _heading(title)
            yield _indented(_office_grid(of_role, with_role=False))


def _office_grid(offices: Sequence[Office], *, with_role: bool) -> Table:
    grid = _grid()
    for office in offices:
        tasks = [_ROLES[office.role]] if with_role else []
        tasks += office.tasks
        _add(grid, office.name, _reached(office), office.languages, more=tasks)
    return grid


def _people(shown: Shown) -> Iterator[RenderableType]:
    if shown.card is None:
        if shown.sealed:
            yield from _heading("People")
            yield _line("sealed; not opened without the keystore", "dim")
        return
    yield from _heading("People")
    yield _line(_provenance(shown.card), "dim")
    grid = _grid()
    for person in shown.card.card.people:
        lines = [" · ".join(filter(None, (person.function, role_name(person.role))))]
        lines += filter(None, (_hours(person),))
        _add(grid, person.name, _reached(person), person.languages, more=lines)
    yield _indented(grid)
    if not shown.card.card.people:
        yield _line("nobody is named any more")
    if shown.card.card.note:
        yield _line(f"note: {shown.card.card.note}")


def _provenance(held: HeldCard) -> str:
    attested = iso_time(held.card.attested_at_ms)[:10]
    if held.received_ms is None:
        return f"own card, attested {attested}; goes out sealed, {held.handling}"
    return (
        f"sealed, from the message of {iso_time(held.received_ms)[:10]} "
        f"({held.message_id[:13]}); attested {attested}; {held.handling}"
    )


def _hours(person: Person) -> str:
    hours = " ".join(filter(None, (person.hours, person.time_zone)))
    until = f"until {person.until}" if person.until else ""
    return ", ".join(filter(None, (hours, until)))


def _keys(record: PartyRecord, shown: Shown) -> Iterator[RenderableType]:
    yield from _heading("Keys and policy")
    grid = Table.grid(padding=(0, 2))
    for title, keys in (
        ("signing", record.signing_keys),
        ("encryption", record.encryption_keys),
    ):
        for key in keys:
            grid.add_row(
                title, f"{key.key_id.hex()[:16]}…", _validity(key, shown.now_ms)
            )
    digest = shown.policy_digest
    grid.add_row("policy", f"{digest.hex()[:16]}…" if digest else "none", "")
    yield _indented(grid)


def _validity(key: PublishedKey, now_ms: int) -> str:
    if key.revoked_at_ms is not None and now_ms >= key.revoked_at_ms:
        reason = f": {key.revocation_reason}" if key.revocation_reason else ""
        return f"revoked {iso_time(key.revoked_at_ms)[:10]}{reason}"
    until = iso_time(key.valid_to_ms)[:10]
    return f"valid until {until}" if key.valid_at(now_ms) else "not valid now"


def _imported(imported: Imported) -> Iterator[RenderableType]:
    for listed, offices in imported:
        dated = f", {listed.dated}" if listed.dated else ""
        yield from _heading("Imported, NOT attested by the party", style="bold yellow")
        yield _line(
            f"{listed.source}{dated}; imported {iso_time(listed.imported_ms)[:10]}",
            "dim",
        )
        grid = _grid()
        for office in offices:
            roles = ["role not said" if office.role is None else _ROLES[office.role]]
            roles += ["at every hour"] * office.round_the_clock
            _add(
                grid,
                office.name,
                [*office.telephones, *office.emails],
                office.languages,
                more=[" · ".join(roles), *office.tasks],
            )
        yield _indented(grid)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=_NAME_WIDTH, overflow="fold")
    grid.add_column(width=_REACH_WIDTH, overflow="fold")
    grid.add_column(width=_LANGUAGE_WIDTH, overflow="fold")
    return grid


def _add(
    grid: Table,
    name: str,
    reached: Sequence[str],
    languages: Sequence[str],
    *,
    more: Sequence[str] = (),
) -> None:
    """Adds a row: a name with what there is to say about it, and how to reach it."""
    who = Text(visible(name))
    for line in more:
        for part in wrap(visible(line), _NAME_WIDTH - _INDENT):
            who.append(f"\n{' ' * _INDENT}{part}", style="dim")
    grid.add_row(who, visible("\n".join(reached)), visible(", ".join(languages)))


def _reached(one: Contact | Office | Person) -> list[str]:
    return [value for value in (one.telephone, one.email) if value]


def _heading(title: str, style: str = "bold") -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style=style), align="left", style="dim", characters="─")


def _line(text: str, style: str = "") -> RenderableType:
    return _indented(Text(visible(text), style=style))


def _indented(what: RenderableType) -> RenderableType:
    return Padding(what, (0, 0, 0, _INDENT), expand=False)
