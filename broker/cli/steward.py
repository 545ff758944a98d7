"""`rogatory steward`: make a steward's key, look at a request, sign it; offline.

The hub's side of a ceremony is `rogatory federation`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.ceremony_folder import load_request, write_file
from broker.app.steward_desk import (
    StewardFiles,
    load_journal,
    load_steward,
    make_steward,
    sign_request,
)
from broker.cli.asking import confirm
from broker.cli.ceremonies import review_fields, show_missing, show_review
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.secrets_prompt import new_secret, secret_for
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.ceremony_files import write_signature
from keys.directory.proposal import Review, review
from keys.directory.quorum import agree
from keys.framing import sha256
from keys.token_uri import TokenUri

app = typer.Typer(
    help="A steward's own machine: make a key, sign requests. Needs no network.",
    no_args_is_help=True,
)

KeyArgument = Annotated[Path, typer.Argument(help="File of the steward's key.")]
RequestArgument = Annotated[
    Path, typer.Argument(help="The request, as the hub's operator made it.")
]


@app.command("init")
def init(
    key: KeyArgument,
    name: Annotated[str, typer.Option(help="What the others shall call you.")],
    token: Annotated[
        str | None,
        typer.Option(
            help="Make the key inside a token: its pkcs11: URI. The file then holds "
            "no secret."
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a steward's key, once, on a machine of the steward's own.

    Hand over KEY.public.json, and read the fingerprint to the hub's operator over
    another channel. Keep KEY and its journal, and a copy of both in another place.
    One key is for one federation.
    """
    files = StewardFiles(key)
    uri = None if token is None else TokenUri.parse(token)
    steward = make_steward(files, name, new_secret(passphrase_file, uri), token=uri)
    if as_json:
        print_json(
            {
                "name": steward.name,
                "sha256": steward.fingerprint,
                "card": str(files.card),
            }
        )
        return
    note(f"The key of {steward.name} is made.")
    note(f"  keep, and a copy elsewhere  {files.key}")
    note(f"  hand to the hub's operator  {files.card}")
    note(f"  tell them, by other means   {steward.fingerprint}")


@app.command("show")
def show(key: KeyArgument, as_json: JsonOption = False) -> None:
    """Shows the fingerprint of a key, and what it has signed. Needs no passphrase."""
    files = StewardFiles(key)
    steward, journal = load_steward(files), load_journal(files)
    if as_json:
        print_json(
            {
                "name": steward.name,
                "sha256": steward.fingerprint,
                "signed": [
                    {
                        "what": one.role,
                        "version": one.version,
                        "sha256": one.sha256,
                        "request_sha256": one.request,
                        "at": iso_time(one.signed_at_ms),
                    }
                    for one in journal.signed
                ],
                "seen": {one.role: one.version for one in journal.seen},
            }
        )
        return
    print(f"{steward.name}  {steward.fingerprint}")
    for one in journal.signed:
        print(
            f"  {iso_time(one.signed_at_ms)}  signed {one.role} version {one.version} "
            f"({one.sha256[:16]}…) of request {one.request[:16]}…"
        )
    for seen in journal.seen:
        print(f"  newest {seen.role} seen: version {seen.version}")


@app.command("look")
def look(request: RequestArgument, as_json: JsonOption = False) -> None:
    """Shows what a request would change, and who must sign. Needs no key."""
    reviewed = review(load_request(request).proposal, SYSTEM_CLOCK.now_ms())
    if as_json:
        print_json(review_fields(reviewed))
        return
    show_review(reviewed)
    show_missing(agree(reviewed, ()))


@app.command("sign")
def sign(
    request: RequestArgument,
    key: Annotated[Path, typer.Option(help="File of the steward's key.")],
    request_sha256: Annotated[
        str | None,
        typer.Option(help="What the others see as the request's digest; compared."),
    ] = None,
    root_sha256: Annotated[
        str | None,
        typer.Option(help="Fingerprint of the stewards' list in force; compared."),
    ] = None,
    supersede: Annotated[
        bool,
        typer.Option(
            "--supersede",
            help="Sign although another request for the same version was signed, "
            "which was given up.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the signature goes; beside the request if absent."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Sign without being asked.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows everything that a request changes, asks, and signs it.

    Compare the request's digest, and the fingerprints in it, with what the other
    stewards and the party told you over another channel. The signature is a file to
    carry back; it holds no secret.
    """
    files = StewardFiles(key)
    now_ms = SYSTEM_CLOCK.now_ms()
    reviewed = review(load_request(request).proposal, now_ms)
    _compare(reviewed, request_sha256, root_sha256)
    show_review(reviewed)
    steward = load_steward(files)
    confirm(f"Does {steward.name} agree to all of this?", yes=yes)
    secret = secret_for(files.key, passphrase_file)
    signature = sign_request(files, reviewed, secret, now_ms, supersede=supersede)
    name = files.card.name.removesuffix(".public.json")
    place = out or request.with_name(f"{request.stem}.{name}.signature.json")
    data = write_signature(signature)
    write_file(place, data)
    if as_json:
        print_json(
            {
                "request_sha256": signature.request.hex(),
                "signed_by": {"name": steward.name, "sha256": steward.fingerprint},
                "signed_at": iso_time(signature.signed_at_ms),
                "signature": str(place),
                "signature_sha256": sha256(data).hex(),
            }
        )
        return
    note(f"Signed by {steward} at {iso_time(signature.signed_at_ms)}")
    note(f"  request             {signature.request.hex()}")
    note(f"  signature           {place}")
    note(f"  noted in            {files.journal}")
    note("Carry the signature back to the hub's operator.")


def _compare(
    reviewed: Review, request_sha256: str | None, root_sha256: str | None
) -> None:
    basis = reviewed.proposal.basis
    for what, told, found in (
        ("request", request_sha256, reviewed.proposal.digest.hex()),
        (
            "stewards' list in force",
            root_sha256,
            "none" if basis is None else sha256(basis.root).hex(),
        ),
    ):
        if told is not None and told.strip().lower() != found:
            raise ConfigurationError(
                f"the {what} is {found}: not what you were told; sign nothing"
            )
