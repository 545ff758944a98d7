"""`rogatory directory`: who takes part, with which keys, and how to reach them."""

from typing import Annotated

import typer

from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import current_trust, node_session
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.model import PartyRecord, PublishedKey
from keys.identity import PartyId

app = typer.Typer(help="Who takes part, and how to reach them.", no_args_is_help=True)


@app.command("show")
def show(
    party: Annotated[
        str | None, typer.Argument(help="One party; all if absent.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the directory as this node has verified it."""
    with node_session(node_dir) as node:
        trust = current_trust(node, passphrase_file)
    if party is not None:
        record = trust.view.record(PartyId(party))
        if as_json:
            print_json(_fields(record, trust))
        else:
            _show_card(record, trust)
        return
    if as_json:
        print_json(
            {
                "federation": trust.view.federation.name,
                "version": trust.view.version,
                "snapshot_sha256": trust.view.snapshot_digest.hex(),
                "parties": [
                    _fields(entry.record, trust)
                    for entry in trust.view.parties.values()
                ],
                "failed": dict(trust.view.failed),
            }
        )
        return
    note(f"{trust.view.federation.name}, version {trust.view.version}")
    rows = [
        (
            code,
            entry.record.name,
            entry.record.contact.office,
            "yes" if code in trust.engines else trust.problems[code],
        )
        for code, entry in sorted(trust.view.parties.items())
    ]
    print_table(
        ("party", "name", "office", "policy"), rows, empty="No party was admitted yet."
    )
    for code, problem in trust.view.failed.items():
        note(f"warning: {code} cannot be relied on: {problem}")


def _show_card(record: PartyRecord, trust: Trust) -> None:
    contact = record.contact
    print(f"{record.party}  {record.name}")
    print(f"  office      {contact.office or '(not published)'}")
    print(f"  e-mail      {contact.email or '(not published)'}")
    print(f"  telephone   {contact.telephone or '(not published)'}")
    print(f"  languages   {', '.join(contact.languages) or '(not published)'}")
    for title, keys in (
        ("signing", record.signing_keys),
        ("encryption", record.encryption_keys),
    ):
        for key in keys:
            print(f"  {title:<11} {key.key_id.hex()[:16]}…  {_validity(key)}")
    published = trust.policy_digests.get(record.party)
    print(f"  policy      {published.hex()[:16] + '…' if published else 'none'}")


def _validity(key: PublishedKey) -> str:
    now_ms = SYSTEM_CLOCK.now_ms()
    until = iso_time(key.valid_to_ms)[:10]
    return f"valid until {until}" if key.valid_at(now_ms) else "not valid now"


def _fields(record: PartyRecord, trust: Trust) -> dict[str, object]:
    digest = trust.policy_digests.get(record.party)
    return {
        "party": record.party,
        "name": record.name,
        "contact": {
            "office": record.contact.office,
            "email": record.contact.email,
            "telephone": record.contact.telephone,
            "languages": list(record.contact.languages),
        },
        "signing_keys": [_key(key) for key in record.signing_keys],
        "encryption_keys": [_key(key) for key in record.encryption_keys],
        "policy_sha256": digest.hex() if digest else None,
    }


def _key(key: PublishedKey) -> dict[str, object]:
    return {
        "id": key.key_id.hex(),
        "valid_from": iso_time(key.valid_from_ms),
        "valid_to": iso_time(key.valid_to_ms),
        "valid_now": key.valid_at(SYSTEM_CLOCK.now_ms()),
    }
