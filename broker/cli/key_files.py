"""`rogatory keys sign`, `publish`, `role init`, `rekey-request`: other role keys."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.exchange_files import JoinRequest, RoleKeyFile
from broker.app.key_changes import changing_keys
from broker.app.key_signing import Signable, rekey_request
from broker.app.node_link import connected
from broker.cli.key_publishing import PublishingCommand, confirmed, publish_file
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.policy_history import written
from broker.cli.running import run
from broker.cli.secrets_prompt import new_secret, secret_for, unlock
from broker.cli.session import node_session
from broker.core.codec.policy import policy_digest
from broker.core.status import iso_time
from keys.custody import Use, make_signer, open_signer
from keys.directory.roles import POLICY_NAME
from keys.directory.signers import public_of
from keys.token_uri import TokenUri

_REKEY_NAME: Final = "rekey-request.json"
_role = typer.Typer(
    help="Keys that sign what a party publishes, kept elsewhere.", no_args_is_help=True
)

FileArgument = Annotated[
    Path, typer.Argument(help="From keys request, node init or keys rekey-request.")
]


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the group `keys`."""
    app.command("sign")(sign)
    app.command("publish")(publish)
    app.command("rekey-request")(rekey)
    app.add_typer(_role, name="role")


def sign(
    file: FileArgument,
    key: Annotated[Path, typer.Option(help="File of a role key, or of its token.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Adds the signature of a role key to what a party is about to publish.

    Needs neither a node nor a network. Read what is shown before you agree: who signs
    it, says it.
    """
    signable = Signable.read(file)
    record, submission = signable.record(), signable.submission
    note(f"{record.party} ({record.name}), version {submission.version}")
    note(f"  in force until   {iso_time(submission.expires_ms)}")
    note(f"  account          {record.account}")
    for what, published in (
        ("signing key", record.signing_keys),
        ("encryption key", record.encryption_keys),
    ):
        for one in published:
            end = f"to {iso_time(one.valid_to_ms)[:10]}"
            if one.revoked_at_ms is not None:
                end = f"revoked since {iso_time(one.revoked_at_ms)}"
            note(f"  {what:<16} {one.key_id.hex()[:16]} {end}")
    _show_policy(submission.files.get(POLICY_NAME))
    confirmed("Sign?", yes=yes)
    signer = open_signer(key, secret_for(key, passphrase_file))
    signed = signable.signed_by(signer)
    signed.write(file)
    count = signed.submission.signatures
    if as_json:
        print_json({"party": record.party, "file": str(file), "signatures": count})
    else:
        note(f"{file} bears {count} signature(s) now.")


def publish(
    file: FileArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publishes what was signed elsewhere."""
    submission = Signable.read(file).submission
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        command = PublishingCommand(node=node, keys=keys, as_json=as_json)
        publish_file(command, submission)


def rekey(
    role_key: Annotated[
        list[Path] | None,
        typer.Option(
            help="Public role key that is kept elsewhere. May be repeated; without "
            "any, a new one is made in this node."
        ),
    ] = None,
    role_threshold: Annotated[
        int, typer.Option(min=1, help="How many of them must sign.")
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help=f"The file to write; {_REKEY_NAME} in the node's folder."),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks the stewards for other role keys, after the old ones were stolen or lost.

    Send them the file, and tell them the fingerprint by other means. Until they agree,
    the old keys count.
    """
    publics = [RoleKeyFile.read(path).key for path in role_key or ()]
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)

        async def go() -> JoinRequest:
            async with connected(node, keys, name=f"keys-{os.getpid()}") as bus:
                return await rekey_request(
                    node, keys, bus, role_keys=publics, threshold=role_threshold
                )

        with changing_keys(node):
            request = run(go())
        path = out or node.folder.root / _REKEY_NAME
        request.write(path)
    missing = request.threshold - request.submission.signatures
    if as_json:
        print_json(
            {
                "party": request.party,
                "request": str(path),
                "fingerprint": request.fingerprint,
                "version": request.submission.version,
                "missing": missing,
            }
        )
        return
    note(f"  send to the stewards       {path}")
    note(f"  tell them, by other means  {request.fingerprint}")
    if missing > 0:
        note(f"Before that, {missing} of the new keys must sign it: rogatory keys sign")


def _show_policy(data: bytes | None) -> None:
    """Shows the policy that would be in force, all of it: who signs it, says it."""
    if data is None:
        note("  policy           none")
        return
    note(f"  policy           {policy_digest(data).hex()}")
    for line in written(data, "").splitlines():
        note(f"      {line}")


@_role.command("init")
def role_init(
    file: Annotated[Path, typer.Argument(help="File to make; FILE.public beside it.")],
    token: Annotated[
        str | None,
        typer.Option(help="Token to make the key in: pkcs11:token=LABEL."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a key that signs what a party publishes, to be kept away from its node.

    FILE.public is for `rogatory node init --role-key` or `keys rekey-request`.
    """
    uri = None if token is None else TokenUri.parse(token)
    secret = new_secret(passphrase_file, uri)
    public = RoleKeyFile(public_of(make_signer(file, secret, use=Use.ROLE, token=uri)))
    place = file.with_name(f"{file.name}.public")
    public.write(place)
    if as_json:
        print_json(
            {"key": str(file), "public": str(place), "sha256": public.fingerprint}
        )
    else:
        note(f"  keep safe, with its passphrase or token  {file}")
        note(f"  give the party's node                    {place}")
        note(f"  fingerprint                              {public.fingerprint}")
