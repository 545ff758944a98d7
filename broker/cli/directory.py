"""`rogatory directory`: who takes part, whom to call, and how far to rely on it."""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.contacts import HeldCard, has_card, held_card
from broker.app.node_folder import Node
from broker.cli.contact_lists import draft, import_list, imports
from broker.cli.contacts import attest, stale
from broker.cli.directory_card import print_card
from broker.cli.directory_fields import Shown, party_fields, shown_fields
from broker.cli.directory_history import at
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.core.contacts import attestation
from broker.core.errors import ConfigurationError
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.country_table import countries
from keys.directory.model import PartyRecord
from keys.identity import PartyId

app = typer.Typer(help="Who takes part, and whom to call there.", no_args_is_help=True)
app.command("at")(at)
app.command("attest")(attest)
app.command("stale")(stale)
app.command("import")(import_list)
app.command("imports")(imports)
app.command("draft")(draft)


@app.command("show")
def show(
    party: Annotated[
        str | None, typer.Argument(help="One party or country; all if absent.")
    ] = None,
    people: Annotated[
        bool,
        typer.Option(
            help="Open the keystore to show the people that the party sent, sealed."
        ),
    ] = True,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the directory as this node has verified it, or one party's card.

    A card says whom to call at a party, how long ago the party attested that, and
    what imported lists say besides. People's names are in no directory: they come
    sealed, from the party itself.
    """
    with node_session(node_dir) as node:
        trust = current_trust(node, passphrase_file)
        if party is None:
            _show_all(node, trust, as_json=as_json)
            return
        shown = _shown(node, trust, PartyId(party), passphrase_file, people=people)
    if as_json:
        print_json(shown_fields(shown, trust))
    else:
        print_card(shown)


def _shown(
    node: Node,
    trust: Trust,
    party: PartyId,
    passphrase_file: Path | None,
    *,
    people: bool,
) -> Shown:
    entry = trust.view.parties.get(party)
    imported = tuple(node.store.imported_offices(party))
    failed = trust.view.failed.get(party, "")
    if entry is None and not failed and not imported:
        trust.view.record(party)  # says that it is no party
    sealed = has_card(node, party)
    card = _opened(node, party, passphrase_file) if sealed and people else None
    return Shown(
        party=party,
        country=countries().name(party),
        record=None if entry is None else entry.record,
        membership=trust.view.federation.membership(party),
        policy_digest=trust.policy_digests.get(party),
        failed=failed,
        card=card,
        sealed=sealed and card is None,
        imported=imported,
        now_ms=SYSTEM_CLOCK.now_ms(),
    )


def _opened(
    node: Node, party: PartyId, passphrase_file: Path | None
) -> HeldCard | None:
    try:
        keys = unlock(node, passphrase_file)
    except ConfigurationError as error:
        note(f"people are not shown: {error}")
        return None
    return held_card(node, keys.holder, party)


def _show_all(node: Node, trust: Trust, *, as_json: bool) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    records = [entry.record for _, entry in sorted(trust.view.parties.items())]
    others = {
        country: offices
        for country, offices in node.store.imported_countries().items()
        if country not in trust.view.parties
    }
    if as_json:
        print_json(
            {
                "federation": trust.view.federation.name,
                "version": trust.view.version,
                "snapshot_sha256": trust.view.snapshot_digest.hex(),
                "parties": [party_fields(record, trust, now_ms) for record in records],
                "failed": dict(trust.view.failed),
                "imported_others": others,
            }
        )
        return
    note(f"{trust.view.federation.name}, version {trust.view.version}")
    print_table(
        ("party", "name", "office", "attested", "standing", "policy"),
        [_row(record, trust, now_ms) for record in records],
        empty="No party was admitted yet.",
    )
    for code, problem in trust.view.failed.items():
        note(f"warning: {code} cannot be relied on: {problem}")
    if others:
        note(f"Imported lists name offices of {len(others)} that are no parties here.")


def _row(record: PartyRecord, trust: Trust, now_ms: int) -> tuple[str, ...]:
    code = record.party
    suspension = trust.view.federation.membership(code).suspension
    suspended = suspension is not None and now_ms >= suspension.since_ms
    return (
        code,
        record.name,
        record.contact.office,
        str(attestation(record, now_ms)),
        "SUSPENDED" if suspended else "good",
        "yes" if code in trust.engines else trust.problems[code],
    )
