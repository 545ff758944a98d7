"""`rogatory node protect`: another passphrase or token for a node's keystore."""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import read_passphrase
from broker.app.safekeeping import Lock, protect as protect_keystore
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.secrets_prompt import new_secret, unlock
from broker.cli.session import node_session
from keys.token_uri import TokenUri


def protect(
    folder: Annotated[Path, typer.Argument(help="Folder of the node.")],
    token: Annotated[
        str | None,
        typer.Option(
            help="Token whose key shall protect it: pkcs11:token=LABEL. A passphrase "
            "does if absent."
        ),
    ] = None,
    new_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the new passphrase, or the PIN of --token; asked for when "
            "absent."
        ),
    ] = None,
    role_pin_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the PIN of the role key's token, if it was changed."
        ),
    ] = None,
    copy: Annotated[
        Path | None,
        typer.Option(help="Write a copy here, and leave the node's own as it is."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Puts the node's keystore under a token, or another passphrase; or a copy of it.

    A node that runs has to be started again. Older copies of the file still open with
    what opened them: destroy them, or keep them as carefully as before.
    """
    uri = None if token is None else TokenUri.parse(token)
    with node_session(folder) as node:
        secret = unlock(node, passphrase_file).secret
        if copy is None:
            confirm(f"Replace what opens {node.folder.keys}?", yes=yes)
        lock = Lock(
            secret=new_secret(new_passphrase_file, uri),
            token=uri,
            role_pin=read_passphrase(role_pin_file, None),
        )
        protect_keystore(node, secret, lock, copy=copy)
        path = copy or node.folder.keys
        if as_json:
            opens = "passphrase" if uri is None else "token"
            print_json({"keystore": str(path), "opens_with": opens})
            return
        what = "the new passphrase" if uri is None else f"the PIN of {uri.of_token}"
        note(f"{path} opens with {what}.")
        if copy is None:
            note("Change passphrase_file of the node if it names the old one.")
