"""`rogatory certificate`: end-user certificates, who may sign them, and their use.

What is printed of each is left to `broker.cli.certificate_words`, notices of re-export
to `broker.cli.certificate_reexports`.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from broker.app.registers import CertificateRegister, certificates_known
from broker.cli.certificate_fields import certificate_fields, signatory_fields
from broker.cli.certificate_reexports import reexports
from broker.cli.certificate_words import (
    LIST_COLUMNS,
    SIGNATORY_COLUMNS,
    certificate_row,
    findings_against,
    show_certificate,
    signatories_of,
    signatory_rows,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.register_options import OnOption, day_to_look_at
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.registers.double_use import Lead
from broker.core.registers.uses import Certificate
from broker.core.sentences import ExitCode

app = typer.Typer(
    no_args_is_help=True,
    help="End-user certificates: registered, verified, used more than once.",
)
app.command("reexports")(reexports)

NumberArgument = Annotated[
    str, typer.Argument(help="Number of the certificate, or a file that holds it.")
]


@app.command("list")
def list_(
    only_leads: Annotated[
        bool,
        typer.Option("--leads", help="Only those that may have been used twice."),
    ] = False,
    on: OnOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists every certificate that was registered, asked about or used.

    Its standing is that of the issuing State's own registration, if it has told us.
    Signs of double use are leads: they say where to look, and nothing happens by
    itself.
    """
    day = day_to_look_at(on)
    register = _register(node_dir, passphrase_file)
    shown = [
        one
        for one in register.certificates
        if not only_leads or _lead_of(register, one) is not None
    ]
    if as_json:
        print_json(
            {"on": day.isoformat(), "certificates": _fields(register, shown, day)}
        )
        return
    rows = [certificate_row(one, _lead_of(register, one), day) for one in shown]
    print_table(LIST_COLUMNS, rows, empty="No such certificate is known here.")
    if register.leads:
        note("Signs are leads, with reasons: rogatory certificate show NUMBER")


@app.command("show")
def show(
    number: NumberArgument,
    on: OnOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows all that is known of a certificate: who says what, and where it was used.

    A file is looked up by its SHA-256, a number whatever spaces and hyphens it has.
    """
    day = day_to_look_at(on)
    register = _register(node_dir, passphrase_file)
    found = _named(register, number)
    if not found:
        raise ConfigurationError(
            f"no certificate {number} is known here; list them with: rogatory "
            "certificate list"
        )
    if as_json:
        print_json(
            {"on": day.isoformat(), "certificates": _fields(register, found, day)}
        )
        return
    for one in found:
        show_certificate(one, _lead_of(register, one), day)
        for issuer in sorted({paper.issued_by for paper in one.papers} - {""}):
            rows = signatory_rows(signatories_of(register, issuer, None), day)
            if rows:
                note(f"Who may sign for {issuer}, as far as it is registered here:")
                print_table(SIGNATORY_COLUMNS, rows, empty="")


@app.command("check")
def check(
    number: NumberArgument,
    on: OnOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says what speaks for a certificate, and what against it. It decides nothing.

    The exit code is 0 when the issuing State itself has registered it, it is in force,
    and nothing speaks against it; 1 otherwise, also when nothing is known of it.
    Nothing known proves nothing: ask the issuing State, with a verification request.
    """
    day = day_to_look_at(on)
    register = _register(node_dir, passphrase_file)
    found = _named(register, number)
    against = findings_against(register, found, day)
    if as_json:
        print_json(
            {
                "asked": number,
                "on": day.isoformat(),
                "known": bool(found),
                "against": list(against),
                "certificates": _fields(register, found, day),
            }
        )
    else:
        for one in found:
            show_certificate(one, _lead_of(register, one), day)
        for text in against:
            note(f"against it: {text}")
        if not against:
            note("Registered by its issuer, in force, and nothing speaks against it.")
    if against:
        raise typer.Exit(ExitCode.FAILURE)


@app.command("signatories")
def signatories(
    country: Annotated[str, typer.Argument(help="Whose: KEN.")],
    on: OnOption = None,
    specimen: Annotated[
        Path | None,
        typer.Option(help="File with a specimen: only those registered with it."),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists who may sign certificates for a State on a day.

    A specimen is found by the SHA-256 of its file: it says that this very file was
    registered. Comparing signatures is left to experts.
    """
    day = day_to_look_at(on)
    register = _register(node_dir, passphrase_file)
    digest = None if specimen is None else _sha256(specimen)
    found = signatories_of(register, country, digest)
    if as_json:
        print_json(
            {
                "country": country,
                "on": day.isoformat(),
                "signatories": [signatory_fields(one, day) for one in found],
            }
        )
        return
    print_table(
        SIGNATORY_COLUMNS,
        signatory_rows(found, day),
        empty=f"No specimen of {country} is registered here.",
    )


def _register(
    node_dir: Path | None, passphrase_file: Path | None
) -> CertificateRegister:
    with node_session(node_dir) as node:
        return certificates_known(node, unlock(node, passphrase_file))


def _named(register: CertificateRegister, name: str) -> list[Certificate]:
    path = Path(name)
    if path.is_file():
        digest = _sha256(path)
        return [
            one
            for one in register.certificates
            if any(paper.sha256 == digest for paper in one.papers)
        ]
    return [
        one
        for one in register.certificates
        if any(paper.is_called(name) for paper in one.papers)
    ]


def _lead_of(register: CertificateRegister, one: Certificate) -> Lead | None:
    return next((lead for lead in register.leads if lead.certificate is one), None)


def _fields(
    register: CertificateRegister, found: Sequence[Certificate], day: dt.date
) -> list[dict[str, object]]:
    return [certificate_fields(one, _lead_of(register, one), day) for one in found]


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
