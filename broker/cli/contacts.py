"""`rogatory directory attest` and `stale`: keeping contacts right, and seeing to it."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.contacts import attest as attest_contacts, send_card
from broker.app.credentials import NodeKeys
from broker.app.key_signing import Signable
from broker.app.node_folder import Node
from broker.app.node_link import connected, trust_keeper
from broker.app.publishing import Draft
from broker.cli.export_plans import COLUMNS, plan_fields, plan_rows
from broker.cli.key_publishing import REQUEST_NAME
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.core.codec.contacts import CARD_KIND, encode_card, parse_contacts
from broker.core.contact_records import CardDelivery
from broker.core.contacts import STALE_AFTER_DAYS, Contacts, attestation, remarks
from broker.core.errors import (
    BrokerError,
    ConfigurationError,
    DocumentError,
    DocumentProblem,
)
from broker.core.flows.export import ExportPlan, plan_export
from broker.core.flows.recipient import Circumstances
from broker.core.outgoing import OutgoingDocument
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import lines_of, load_file
from keys.directory.model import PartyRecord
from keys.errors import KeysError
from keys.identity import PartyId

_NOBODY: Final = "No people are named, so that no card goes out."


def attest(
    contacts: Annotated[
        Path | None, typer.Argument(help="The contacts, YAML or JSON.")
    ] = None,
    unchanged: Annotated[
        bool,
        typer.Option("--unchanged", help="Attest what stands there already."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check, and say who would get it; do nothing."),
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Attests the party's contacts: they are right, as of now.

    Point of contact, offices and marking practices are published in the directory,
    for every party and the hub to see. People go out sealed, as a message of the kind
    contact-card/1, to every party whose policy and ours allow it, also to those that
    join later. Do it whenever something changes, and every 180 days.
    """
    if (contacts is None) == (not unchanged):
        raise ConfigurationError("give either a contacts file, or --unchanged")
    now_ms = SYSTEM_CLOCK.now_ms()
    said = None if contacts is None else read_contacts(contacts)
    doubts = () if said is None else tuple(remarks(said, _day(now_ms)))
    for doubt in doubts:
        note(f"warning: {doubt}")
    with node_session(node_dir) as node:
        if said is not None and said.party != node.party:
            raise ConfigurationError(f"the contacts are those of {said.party}")
        if dry_run:
            trust = current_trust(node, passphrase_file)
            _show_plan(_plan(node, said, trust, now_ms), doubts, as_json=as_json)
            return
        keys = unlock(node, passphrase_file)
        done = run(_attest(node, keys, said, now_ms))
        request = _requested(node, done) if isinstance(done, Draft) else None
        own = node.store.own_card()
        sent = {} if own is None else node.store.card_deliveries(own.attested_at_ms)
    version = done.version if isinstance(done, Draft) else done
    if as_json:
        print_json(
            {
                "party": node.party,
                "version": version,
                "published": request is None,
                "request": None if request is None else str(request),
                "attested_at": iso_time(now_ms),
                "warnings": list(doubts),
                "card": [_delivery_fields(one) for _, one in sorted(sent.items())],
            }
        )
        return
    if request is None:
        note(f"{node.party} has attested its contacts, in version {version}.")
    else:
        note(f"Version {version} is written to {request}; it wants signatures still.")
        note(f"Where the role keys are: rogatory keys sign {request.name} --key FILE")
        note(f"Then, here: rogatory keys publish {request}")
    _show_deliveries(sent)


def read_contacts(path: Path) -> Contacts:
    """Reads a contacts file.

    Raises:
        DocumentError: With the line of each place that does not fit.
    """
    try:
        return parse_contacts(load_file(path))
    except DocumentError as error:
        lines = lines_of(path)
        raise DocumentError([_placed(one, lines) for one in error.problems]) from error


def stale(
    days: Annotated[
        int, typer.Option(min=1, help="So long may an attestation stand.")
    ] = STALE_AFTER_DAYS,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists parties that never attested their contacts, or too long ago.

    The own party stands first. The exit code is 1 if there is any.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        trust = current_trust(node, passphrase_file)
        own = node.party
    records = [entry.record for entry in trust.view.parties.values()]
    found = [one for one in records if attestation(one, now_ms, days).stale]
    found.sort(key=lambda one: (one.party != own, one.attested_at_ms or 0, one.party))
    if as_json:
        print_json(
            {
                "days": days,
                "checked": len(records),
                "stale": [_stale_fields(one, now_ms) for one in found],
            }
        )
    else:
        rows = [_stale_row(one, now_ms) for one in found]
        print_table(
            ("party", "attested", "office", "telephone", "e-mail"),
            rows,
            empty=f"All {len(records)} parties have attested within {days} days.",
        )
        if any(one.party == own for one in found):
            note("Attest your own: rogatory directory attest CONTACTS.yaml")
    if found:
        raise typer.Exit(ExitCode.FAILURE)


def _requested(node: Node, draft: Draft) -> Path:
    """Writes down what has to be signed elsewhere; returns where."""
    path = node.folder.root / REQUEST_NAME
    Signable(submission=draft.submission).write(path)
    return path


async def _attest(
    node: Node, keys: NodeKeys, contacts: Contacts | None, now_ms: int
) -> int | Draft:
    async with connected(node, keys, name=f"attest-{os.getpid()}") as bus:
        done = await attest_contacts(node, keys, bus, contacts, now_ms)
        try:
            send_card(node, keys, await trust_keeper(node, bus).refresh())
        except (BrokerError, KeysError) as error:
            # It is published and kept: the node sends the card as soon as it can.
            note(f"the card waits: {error}")
    return done


def _day(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()


def _placed(problem: DocumentProblem, lines: Mapping[str, int]) -> DocumentProblem:
    """Adds the line of a problem, or of what it stands in."""
    place = problem.path
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    line = lines.get(place)
    path = problem.path or "(document)"
    return DocumentProblem(
        path if line is None else f"{path} (line {line})",
        problem.value,
        problem.expected,
    )


def _plan(
    node: Node, contacts: Contacts | None, trust: Trust, now_ms: int
) -> ExportPlan | None:
    """Returns who would get a card; None if there is none, or nobody to get it."""
    others = tuple(party for party in trust.view.parties if party != node.party)
    named = contacts is not None and (contacts.people or contacts.note)
    if contacts is None or not named or not others:
        return None
    return plan_export(
        node.party,
        OutgoingDocument(
            kind=CARD_KIND,
            body=encode_card(contacts.card(now_ms)),
            recipients=others,
            handling=contacts.handling,
        ),
        Circumstances(directory=trust.view, engines=trust.engines, now_ms=now_ms),
        policy_digest=trust.policy_digests.get(node.party, b""),
    )


def _show_plan(
    plan: ExportPlan | None, doubts: Sequence[str], *, as_json: bool
) -> None:
    if as_json:
        fields = {} if plan is None else plan_fields(plan)
        print_json(
            {
                "dry_run": True,
                "warnings": list(doubts),
                "would_get_card": fields.get("would_get_it", []),
                "would_not": fields.get("would_not", []),
            }
        )
        return
    rows = [] if plan is None else plan_rows(plan)
    print_table(("gets the card", *COLUMNS[1:]), rows, empty=_NOBODY)
    note("The contacts hold together. Nothing was published or sent.")


def _show_deliveries(sent: Mapping[PartyId, CardDelivery]) -> None:
    rows = [
        (one.party, _state(one), f"{one.code}: {one.detail}" if one.code else "")
        for _, one in sorted(sent.items())
    ]
    print_table(("party", "card of people", "why"), rows, empty=_NOBODY)


def _state(one: CardDelivery) -> str:
    if one.refused_by:
        return f"refused by {one.refused_by}"
    return "sent" if one.message_digest else "not sent"


def _delivery_fields(one: CardDelivery) -> dict[str, object]:
    return {
        "party": one.party,
        "state": _state(one),
        "message": one.message_digest.hex() or None,
        "code": one.code or None,
        "why": one.detail or None,
    }


def _stale_row(record: PartyRecord, now_ms: int) -> tuple[str, ...]:
    days = attestation(record, now_ms).days
    contact = record.contact
    return (
        record.party,
        "never" if days is None else f"{days} days ago",
        contact.office or record.name,
        contact.telephone,
        contact.email,
    )


def _stale_fields(record: PartyRecord, now_ms: int) -> dict[str, object]:
    at_ms = record.attested_at_ms
    return {
        "party": record.party,
        "name": record.name,
        "attested_at": None if at_ms is None else iso_time(at_ms),
        "days_ago": attestation(record, now_ms).days,
    }
