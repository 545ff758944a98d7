"""`rogatory keys`: what keys a party has, and new ones in the place of old ones.

Taking one back is left to `key_revoking`, signing elsewhere to `key_files`.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.credentials import NodeKeys
from broker.app.key_changes import KeyUse, pending_keys, rotation
from broker.app.key_report import KeyLine, key_lines, pending_names
from broker.app.publishing import Said
from broker.cli.key_files import add_commands
from broker.cli.key_publishing import (
    REQUEST_NAME,
    DryRunOption,
    PublishingCommand,
    carry_out,
    said_last,
    write_request,
)
from broker.cli.key_revoking import revoke
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.drafting import span_ms
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(
    help="A party's own keys: new ones for old ones, and taking one back.",
    no_args_is_help=True,
)
add_commands(app)
app.command("revoke")(revoke)

_NAME_SIZE: Final = 16  # hexadecimal digits of a key that are shown
_OVERLAP: Final = "14d"

SigningOption = Annotated[bool, typer.Option("--signing", help="The signing key only.")]
EncryptionOption = Annotated[
    bool, typer.Option("--encryption", help="The encryption key only.")
]
AccountOption = Annotated[
    bool,
    typer.Option(
        "--account",
        help="The account on the message bus only. What waits for the old one still "
        "arrives; its connections are cut.",
    ),
]
OverlapOption = Annotated[
    str, typer.Option(help="How long the old keys stay valid: 14d, 36h.")
]


@app.command("show")
def show(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the party's keys: what is published, until when, and what is not yet."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        said = said_last(node, keys)
        lines = key_lines(said.record, keys, SYSTEM_CLOCK.now_ms())
        pending = pending_names(pending_keys(keys, said.record))
        here = _role_keys_here(keys, said)
    if as_json:
        print_json(
            {
                "party": said.record.party,
                "version": said.version,
                "expires": iso_time(said.expires_ms),
                "keys": [_fields(line) for line in lines],
                "account": said.record.account,
                "former_accounts": list(said.record.former_accounts),
                "pending": {use.value: name for use, name in pending.items()},
                "role": {
                    "keys": len(said.mandate.keyids),
                    "threshold": said.mandate.threshold,
                    "here": here,
                },
            }
        )
        return
    print_table(
        ("key", "use", "from", "to", "state"),
        [_row(line) for line in lines],
        empty="Nothing is published.",
    )
    note(f"Account on the bus: {said.record.account}")
    for use, name in pending.items():
        note(f"Not published yet: {use} key {name[:_NAME_SIZE]}")
    note(
        f"Version {said.version}, in force until {iso_time(said.expires_ms)}; the next "
        f"needs {said.mandate.threshold} signature(s) of {len(said.mandate.keyids)} "
        f"role key(s), of which {here} are in this node."
    )


@app.command("rotate")
def rotate(
    signing: SigningOption = False,
    encryption: EncryptionOption = False,
    account: AccountOption = False,
    overlap: OverlapOption = _OVERLAP,
    request: Annotated[
        Path | None,
        typer.Option(help="Publish nothing: write a request to be signed elsewhere."),
    ] = None,
    dry_run: DryRunOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts new keys in the place of the signing and the encryption key.

    The old ones stay valid for a while, and what they signed or what was sealed to
    them stays good. A running node takes the new ones up by itself; it also rotates
    keys by itself every 90 days, unless node.toml says otherwise.
    """
    uses = _chosen(signing, encryption, account)
    uses = uses or {KeyUse.SIGNING, KeyUse.ENCRYPTION}
    overlap_ms = span_ms(overlap)
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        if dry_run:
            _show_rotation(said_last(node, keys), keys, uses, overlap_ms, as_json)
            return
        change = rotation(node, keys, uses, overlap_ms=overlap_ms)
        command = PublishingCommand(node=node, keys=keys, as_json=as_json)
        if request is not None:
            write_request(command, change, request)
        else:
            carry_out(command, change)


@app.command("request")
def request_command(
    out: Annotated[
        Path | None,
        typer.Option(help=f"The file to write; {REQUEST_NAME} in the node's folder."),
    ] = None,
    signing: SigningOption = False,
    encryption: EncryptionOption = False,
    account: AccountOption = False,
    overlap: OverlapOption = _OVERLAP,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes what the party would publish, to be signed where its role keys are.

    Without options: what is published, for another 90 days. With --signing and so on:
    with new keys. Next: `rogatory keys sign` there, `rogatory keys publish` here.
    """
    chosen = _chosen(signing, encryption, account)
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        change = rotation(node, keys, chosen, overlap_ms=span_ms(overlap))
        command = PublishingCommand(node=node, keys=keys, as_json=as_json)
        write_request(command, change, out or node.folder.root / REQUEST_NAME)


def _chosen(signing: bool, encryption: bool, account: bool) -> set[KeyUse]:
    wishes = (
        (KeyUse.SIGNING, signing),
        (KeyUse.ENCRYPTION, encryption),
        (KeyUse.ACCOUNT, account),
    )
    return {use for use, wanted in wishes if wanted}


def _show_rotation(
    said: Said,
    keys: NodeKeys,
    uses: set[KeyUse],
    overlap_ms: int,
    as_json: bool,
) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    ends = iso_time(now_ms + overlap_ms)
    pending = pending_names(pending_keys(keys, said.record))
    ending = [
        line.key.key_id.hex()
        for line in key_lines(said.record, keys, now_ms)
        if line.use in uses and line.state in {"in use", "ending"}
    ]
    if as_json:
        print_json({"would_end": ending, "at_the_latest": ends, "new": sorted(uses)})
    for name in ending:
        note(f"{name[:_NAME_SIZE]} would end at {ends} at the latest")
    for use in sorted(uses):
        made = pending.get(use)
        what = (
            "would be made"
            if made is None
            else f"{made[:_NAME_SIZE]}, which is made already"
        )
        note(f"new {use} key: {what}")
    note("Nothing was changed.")


def _role_keys_here(keys: NodeKeys, said: Said) -> int:
    held = {
        signer.public_key.keyid
        for signer in (keys.role, keys.next_role)
        if signer is not None
    }
    return len(held & said.mandate.keyids)


def _fields(line: KeyLine) -> dict[str, object]:
    key = line.key
    revoked = key.revoked_at_ms
    return {
        "id": key.key_id.hex(),
        "use": line.use.value,
        "from": iso_time(key.valid_from_ms),
        "to": iso_time(key.valid_to_ms),
        "state": line.state,
        "revoked_since": None if revoked is None else iso_time(revoked),
        "reason": key.revocation_reason,
        "here": line.held,
    }


def _row(line: KeyLine) -> tuple[str, ...]:
    key, state = line.key, line.state
    if key.revoked_at_ms is not None:
        reason = f" ({key.revocation_reason})" if key.revocation_reason else ""
        state = f"revoked since {iso_time(key.revoked_at_ms)}{reason}"
    if not line.held:
        state += ", not in this node"
    return (
        key.key_id.hex()[:_NAME_SIZE],
        line.use.value,
        iso_time(key.valid_from_ms)[:10],
        iso_time(key.valid_to_ms)[:10],
        state,
    )
