"""`rogatory officer`: an officer's own key, and signing where there is no node."""

import base64
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.release_files import ReleaseRequest
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.release_words import show_request, statement_fields, statement_words
from broker.cli.secrets_prompt import new_secret, secret_for
from broker.core.approvals import hear
from broker.core.codec.approvals import decode_statement
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.officers import officer_name, state
from broker.core.policy.rule_problems import is_name
from broker.core.releases import Statement, Verdict
from broker.infra.clock import SYSTEM_CLOCK
from keys.approving import officer_public
from keys.custody import Use, make_signer, open_signer
from keys.framing import sha256
from keys.token_uri import TokenUri

app = typer.Typer(
    help="An officer's own key, with which releases are approved.",
    no_args_is_help=True,
)
_FORMS: Final = {32: "ed25519", 65: "p256"}

KeyOption = Annotated[
    Path, typer.Option("--key", help="File of your key, from: rogatory officer init")
]


@app.command("init")
def init(
    name: Annotated[str, typer.Argument(help="As the policy shall call you.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to make.")],
    token: Annotated[
        str | None,
        typer.Option(help="Token to make the key in: pkcs11:token=LABEL."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes your key, and prints the line for the policy's `officers`.

    The file stays with you: whoever has it and its passphrase approves in your name.
    Whoever edits the policy gets the line, and compares its fingerprint with you by
    other means.
    """
    if not is_name(name):
        raise ConfigurationError(
            f"{name!r} cannot be the name of an officer: small letters and digits, in "
            "words joined by hyphens"
        )
    uri = None if token is None else TokenUri.parse(token)
    secret = new_secret(passphrase_file, uri)
    public = officer_public(make_signer(output, secret, use=Use.OFFICER, token=uri))
    if as_json:
        print_json({"name": name, "key": str(output), **_fields(public)})
        return
    print(f"{name}: {_line(public)}")
    note(f"  keep safe, with its passphrase or token  {output}")
    note(f"  fingerprint                              {sha256(public).hex()}")
    note("The line above goes into the policy, under officers.")


@app.command("show")
def show(
    key: Annotated[Path, typer.Argument(help="File of your key.")],
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the public half of your key, as a policy names it."""
    signer = open_signer(key, secret_for(key, passphrase_file), use=Use.OFFICER)
    public = officer_public(signer)
    if as_json:
        print_json({"key": str(key), **_fields(public)})
        return
    print(_line(public))
    note(f"  fingerprint  {sha256(public).hex()}")


@app.command("sign")
def sign(
    file: Annotated[Path, typer.Argument(help="From: rogatory pending export")],
    key: KeyOption,
    reject: Annotated[
        bool, typer.Option("--reject", help="Say no; give a --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; others will read it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approves or rejects a release where you are; needs neither a node nor a network.

    Shows first all that the file says would leave, and to whom: that, and nothing
    else, is what you sign. Then send the file back.
    """
    request = ReleaseRequest.read(file)
    if reject and not reason:
        raise ConfigurationError("a rejection needs a --reason: others will read it")
    show_request(request)
    now_ms = SYSTEM_CLOCK.now_ms()
    try:
        heard = hear(request.digest, request.approvals, request.officers, now_ms)
    except RefusedError as error:
        raise ConfigurationError(
            f"an answer in the file does not hold ({error.detail}): sign nothing, and "
            "tell whoever gave it to you"
        ) from error
    for one in heard:
        note(f"  {statement_words(one.said)}")
    verdict = Verdict.REJECT if reject else Verdict.APPROVE
    if not request.bodies:
        note("You do not see the content. Sign only if you know it by its digest.")
    confirm(f"{verdict.word.capitalize()} this?", yes=yes)
    signer = open_signer(key, secret_for(key, passphrase_file), use=Use.OFFICER)
    statement = Statement(
        release_digest=request.digest,
        verdict=verdict,
        officer=officer_name(signer, request.officers),
        at_ms=now_ms,
        expires_ms=request.lapses_ms,
        reason=reason,
    )
    earlier = tuple(one.signed for one in heard)
    signed = state(signer, statement, request.officers, earlier)
    request.with_approval(signed).write(file)
    said = decode_statement(signed.statement)
    if as_json:
        fields = {"file": str(file), "release": request.digest.hex()}
        print_json({**fields, **statement_fields(said)})
    else:
        note(f"{file} holds your answer now: {statement_words(said)}.")


def _line(public: bytes) -> str:
    return f"{_FORMS[len(public)]}:{base64.b64encode(public).decode('ascii')}"


def _fields(public: bytes) -> dict[str, object]:
    return {"public": _line(public), "sha256": sha256(public).hex()}
