"""`rogatory evidence`: what was sent and received, as one file that proves it.

Exporting is left to `evidence_export`, checking to `broker.core.evidence`.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.cli.evidence_words import (
    message_fields,
    report_fields,
    say_message,
    say_report,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.core.errors import ConfigurationError
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.container import MAX_SIZE
from broker.core.evidence.manifest import CONTENT
from broker.core.evidence.stated import read_message
from broker.core.evidence.verify import Demands, verify_evidence
from broker.core.sentences import ExitCode
from keys.framing import DIGEST_SIZE, sha256

app = typer.Typer(
    help="Evidence of messages: one file that proves them to a stranger.",
    no_args_is_help=True,
)

_MAX_AUTHORITIES: Final = 1 << 20  # bytes

FileArgument = Annotated[Path, typer.Argument(help="The file of evidence.")]


@app.command("export")
def export(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="MESSAGE|CASE",
            help="Id or digest of a message, or with --case the reference of a case.",
        ),
    ],
    case: Annotated[
        bool,
        typer.Option("--case", help="Every message of this case at this node."),
    ] = False,
    disclose: Annotated[
        str | None,
        typer.Option(
            help="What to show beside headers, signatures and receipts: content."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Disclose without being asked.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes evidence of a message, or of a case, as one file.

    The file holds what was signed by whom, that the log holds it, and the directories
    that say whose the keys were; whoever knows the digest of the federation's root can
    check it without this node, the hub or a network. Contents stay out unless they are
    disclosed: whoever has the file then can read them.
    """
    from broker.cli.evidence_export import (  # noqa: PLC0415 - half of the node, which checking does not need
        Asked,
        write_evidence,
    )

    if disclose not in {None, CONTENT}:
        raise ConfigurationError(
            f"{disclose!r} cannot be disclosed; there is: --disclose {CONTENT}"
        )
    asked = Asked(
        subject=subject, is_case=case, disclosed=bool(disclose), out=out, yes=yes
    )
    write_evidence(asked, node_dir, passphrase_file, as_json=as_json)


@app.command("verify")
def verify(
    file: FileArgument,
    root_sha256: Annotated[
        str,
        typer.Option(
            help="SHA-256 of the federation's root, in hexadecimal: from the treaty's "
            "annex or the stewards, never from whoever gave you the file."
        ),
    ],
    witnesses: Annotated[
        int,
        typer.Option(
            min=0, help="How many independent witnesses of the log have to be shown."
        ),
    ],
    tsa: Annotated[
        Path | None,
        typer.Option(
            help="Certificates (PEM) of the time-stamp authority that you believe; a "
            "time-stamp then has to be there, and to hold."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Checks a file of evidence. Exit code 0: all that is claimed and asked for holds.

    Needs no network, no node and no hub: the file, the digest of the root, and the
    certificate of the time-stamp authority if one is asked for. Says what is proved,
    what to be careful with, and what is not proved.
    """
    data = _read(file, MAX_SIZE)
    authorities = b"" if tsa is None else _read(tsa, _MAX_AUTHORITIES)
    if tsa is not None and not authorities:
        raise ConfigurationError(f"{tsa} is empty")
    demands = Demands(
        root_sha256=_digest(root_sha256), witnesses=witnesses, authorities=authorities
    )
    report = verify_evidence(data, demands)
    if as_json:
        print_json({"sha256": sha256(data).hex(), **report_fields(report)})
    else:
        say_report(report)
    if not report.holds:
        raise typer.Exit(ExitCode.FAILURE)


@app.command("show")
def show(file: FileArgument, as_json: JsonOption = False) -> None:
    """Shows what a file of evidence says. Nothing of it is checked: see verify."""
    data = _read(file, MAX_SIZE)
    bundle = Bundle.from_bytes(data)
    messages = [read_message(parts) for parts in bundle.messages]
    manifest = bundle.manifest
    if as_json:
        print_json(
            {
                "sha256": sha256(data).hex(),
                "checked": False,
                "exported_by": manifest.exported_by,
                "case": manifest.case or None,
                "disclosed": [CONTENT] if manifest.disclosed else [],
                "time_stamp": bundle.stamp is not None,
                "messages": [message_fields(one) for one in messages],
            }
        )
        return
    case = f", case {manifest.case}" if manifest.case else ""
    note(
        f"Put together by {manifest.exported_by}{case}. NOT CHECKED: this is what the "
        "file says; to check it: rogatory evidence verify"
    )
    for message in messages:
        say_message(message)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > most:
        raise ConfigurationError(f"{path} has more than {most} bytes")
    return data


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text.strip())
    except ValueError:
        digest = b""
    if len(digest) != DIGEST_SIZE:
        raise ConfigurationError(
            f"--root-sha256 takes {2 * DIGEST_SIZE} hexadecimal digits"
        )
    return digest
