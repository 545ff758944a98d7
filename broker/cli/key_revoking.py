"""`rogatory keys revoke`: keys taken back, with what that means said first."""

from typing import Annotated

import typer

from broker.app.key_changes import KeyUse, Revocation, revocation
from broker.app.key_report import Touched, find_key, revocable, touched_by
from broker.app.publishing import Said
from broker.cli.key_publishing import (
    DryRunOption,
    PublishingCommand,
    carry_out,
    confirmed,
    said_last,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time, parse_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.model import PartyRecord, RevocationReason
from keys.identity import KeyId


def revoke(
    since: Annotated[
        str,
        typer.Option(
            help="From when on nothing that the key made counts: 2031-05-04T12:00Z, "
            "or now."
        ),
    ],
    reason: Annotated[
        RevocationReason, typer.Option(help="Why; all parties will read it.")
    ],
    key: Annotated[
        str | None, typer.Argument(help="Id of a key, or the beginning of one.")
    ] = None,
    all_signing: Annotated[
        bool, typer.Option("--all-signing", help="Every signing key, retired or not.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="Every signing and encryption key, and the account."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRunOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes keys back, and puts new ones in their place in the same step.

    What was signed since then is refused by the hub and by every node, whatever time
    it names; what was signed before stays verifiable. It cannot be undone.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    since_ms = now_ms if since == "now" else parse_time(since)
    if not 0 < since_ms <= now_ms:
        raise ConfigurationError(f"{since} has not come yet: a key is revoked since")
    if [key is not None, all_signing, everything].count(True) != 1:
        raise ConfigurationError("which keys? Give one id, --all-signing or --all")
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        said = said_last(node, keys)
        wanted = Revocation(
            key_ids=_chosen(said.record, key, everything, since_ms),
            account=everything,
            since_ms=since_ms,
            reason=reason,
        )
        touched = touched_by(node, wanted)
        _show_revocation(said, wanted, touched)
        if dry_run:
            note("Nothing was changed.")
            if as_json:
                print_json(_revocation_fields(wanted, touched))
            return
        confirmed("Revoke?", yes=yes)
        command = PublishingCommand(
            node=node,
            keys=keys,
            as_json=as_json,
            besides=_revocation_fields(wanted, touched),
        )
        if carry_out(command, revocation(node, keys, wanted)):
            node.store.unbundle(wanted.key_ids)


def _chosen(
    record: PartyRecord, key: str | None, everything: bool, since_ms: int
) -> frozenset[KeyId]:
    if key is not None:
        return frozenset({find_key(record, key)})
    uses = {KeyUse.SIGNING}
    if everything:
        uses.add(KeyUse.ENCRYPTION)
    found = revocable(record, uses, since_ms)
    if not found:
        raise ConfigurationError("all of them are revoked since then already")
    return found


def _show_revocation(said: Said, wanted: Revocation, touched: Touched) -> None:
    for line in said.record.signing_keys + said.record.encryption_keys:
        if line.key_id in wanted.key_ids:
            note(
                f"to be revoked since {iso_time(wanted.since_ms)}: {line.key_id.hex()}"
            )
    if wanted.account:
        note(f"to be replaced: account {said.record.account}")
    note(
        f"{touched.doubted} message(s) that were sent since then will be shown to "
        "their recipients as not to be relied on"
    )
    for name in touched.waiting:
        note(f"waits here, will be refused, and must be sent again: {name}")
    if touched.readable:
        note(
            f"{touched.readable} message(s) in the inbox were sealed to these keys: "
            "whoever holds the keys, and the sealed messages, can read them"
        )


def _revocation_fields(wanted: Revocation, touched: Touched) -> dict[str, object]:
    return {
        "revoked": sorted(key_id.hex() for key_id in wanted.key_ids),
        "account_replaced": wanted.account,
        "since": iso_time(wanted.since_ms),
        "reason": wanted.reason.value,
        "not_to_be_relied_on": touched.doubted,
        "to_be_sent_again": list(touched.waiting),
        "readable_with_the_keys": touched.readable,
    }
