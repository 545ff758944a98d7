"""`rogatory report`: the biennial report on the Programme of Action, as a draft."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from broker.app.national_reports import gather
from broker.app.statistics import statistics_of
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, say_item, visible
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.cli.statistics import AlsoOption, kept_at_home
from broker.core.errors import ConfigurationError
from broker.core.indicators.national_report import (
    blocks_of,
    draft as draft_report,
    open_answers,
    title_of,
)
from broker.core.indicators.odt import write_odt
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.text_files import write_file
from keys.framing import sha256

_MOST_YEARS: Final = 10
_MAX_FILE: Final = 4 << 20  # bytes

FileArgument = Annotated[
    Path, typer.Argument(help="The JSON file of a draft, or of a report.")
]

app = typer.Typer(
    no_args_is_help=True,
    help="The biennial report on the Programme of Action: a draft from the messages "
    "exchanged, which a person completes and approves.",
)


@app.command("draft")
def draft(
    first: Annotated[int, typer.Option("--from", min=1900, max=2200, help="Year.")],
    last: Annotated[int, typer.Option("--to", min=1900, max=2200, help="Year.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    also: AlsoOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Drafts the report: JSON to be completed, and the same for a word processor.

    What only people know is null in the JSON file, under "answers". Fill it in there,
    look at it with rogatory report show, and approve it.
    """
    if not 0 <= last - first < _MOST_YEARS:
        raise ConfigurationError(f"from {first} to {last} is no span of years")
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file)
        statistics = statistics_of(node, keys, kept_at_home(also))
        years = range(first, last + 1)
        report = draft_report(gather(node, keys, years, statistics, trust))
    for path in _write(report, out, f"poa-{node.party}-{first}-{last}-draft"):
        note(f"written: {path}")
    note(f"{len(open_answers(report))} places are to be filled in by a person")


@app.command("show")
def show(file: FileArgument, as_json: JsonOption = False) -> None:
    """Shows what a draft or a report says, and which places are still open."""
    report, _ = _read(file)
    missing = open_answers(report)
    if as_json:
        print_json({"report": report, "open": missing})
        return
    print(visible(title_of(report)))
    for section in report["sections"]:
        print(f"\n{visible(section['title'])}")
        for line in section["shown"]:
            say_item("  ", line)
        for table in section.get("tables", ()):
            for row in table["rows"]:
                cells = ", ".join(_pairs(table["head"], row))
                say_item("  ", f"{table['title']}: {cells}")
        for name, answer in section["answers"].items():
            say_item("  ", f"{name}: {'(open)' if answer is None else answer}")
    note(f"state: {report['state']}; open places: {', '.join(missing) or 'none'}")


@app.command("approve")
def approve(
    file: FileArgument,
    by: Annotated[str, typer.Option(help="Who approves it: name and office.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Approves a draft as it stands in the file, and writes the report.

    The report names who approved it, when, and the SHA-256 of the draft. Nothing is
    sent anywhere.
    """
    report, digest = _read(file)
    if report["state"] != "draft":
        raise ConfigurationError(f"{file} is no draft: it is {report['state']}")
    if not by.strip():
        raise ConfigurationError("who approves it? Give --by 'NAME, OFFICE'")
    missing = open_answers(report)
    if missing:
        note(f"still open: {', '.join(missing)}")
    confirm(f"Approve {title_of(report)} (SHA-256 {digest[:16]}) as it is?", yes=yes)
    report["state"] = "approved"
    report["approved"] = {
        "by": by.strip(),
        "on": iso_time(SYSTEM_CLOCK.now_ms())[:10],
        "draft_sha256": digest,
    }
    name = file.stem.removesuffix("-draft")
    for path in _write(report, out, f"{name}-approved"):
        note(f"written: {path}")


def _pairs(head: list[str], row: list[str]) -> list[str]:
    return [f"{name} {cell}".strip() for name, cell in zip(head, row, strict=True)]


def _write(report: dict[str, Any], folder: Path, name: str) -> list[Path]:
    """Writes both forms, neither over a file that is there; returns where."""
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder")
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    paths = [folder / f"{name}.json", folder / f"{name}.odt"]
    if there := next((path for path in paths if path.exists()), None):
        raise ConfigurationError(f"{there} is there already; move it away first")
    write_file(paths[0], text.encode(), new=True)
    write_file(paths[1], write_odt(title_of(report), blocks_of(report)), new=True)
    return paths


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """Reads a draft or a report; returns it and the SHA-256 of its file.

    Raises:
        ConfigurationError: It is neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    report: dict[str, Any] = {}
    try:
        if len(data) <= _MAX_FILE:
            report = json.loads(data)
        sound = report["report"] == "programme-of-action" and _is_sound(report)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ConfigurationError(
            f"{path} is no draft of a report as rogatory report draft writes it"
        )
    return report, sha256(data).hex()


def _is_sound(report: dict[str, Any]) -> bool:
    """Tells whether what a person may have edited still has its form."""
    title_of(report)
    return report["state"] in {"draft", "approved"} and all(
        isinstance(section["title"], str)
        and all(isinstance(line, str) for line in section["shown"])
        and all(
            answer is None or isinstance(answer, str)
            for answer in section["answers"].values()
        )
        and all(
            len(row) == len(table["head"])
            for table in section.get("tables", ())
            for row in table["rows"]
        )
        for section in report["sections"]
    )
