"""`rogatory attachments`: the files beside messages, listed, fetched and written out.

Attaching files is left to `rogatory send --attach`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.attachments import (
    check_file,
    files_beside,
    is_here,
    note_files,
    sealed_files,
    transfer_of,
    write_file,
)
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.progress import shown_progress
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.attachments.attached import Attached
from broker.core.attachments.names import safe_name
from broker.core.errors import ConfigurationError
from broker.core.records import InboxMessage, SentMessage

_KIB: Final = 1024
_COLUMNS: Final = ("number", "shows", "name", "type", "bytes", "metadata", "here")
_LATER: Final = (
    "What is written out is yours to keep and to destroy: no recall reaches it."
)

app = typer.Typer(
    no_args_is_help=True,
    help="Files beside messages: photographs of marks, documents.",
)

NumbersArgument = Annotated[
    list[int] | None,
    typer.Argument(help="Numbers of the files, as listed; all of them if none."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A file beside a message, and its number there, from 1."""

    number: int
    file: Attached


@app.command("list")
def list_(
    message: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the files beside a message, and which of them are at this node."""
    with node_session(node_dir) as node:
        _, named = _beside(node, unlock(node, passphrase_file), message)
        fields = [_fields(node, one) for one in named]
    if as_json:
        print_json({"attachments": fields})
        return
    rows = [_row(one) for one in fields]
    print_table(_COLUMNS, rows, empty="There is no file beside this message.")
    if rows:
        note(f"Get them: rogatory attachments fetch {message} --out FOLDER")


@app.command("show")
def show(
    message: IdArgument,
    number: Annotated[int, typer.Argument(help="Number of the file, as listed.")],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows all that a message says of a file beside it.

    The SHA-256 is part of what the origin has signed: whoever has the file can show
    that it is this one.
    """
    with node_session(node_dir) as node:
        _, beside = _beside(node, unlock(node, passphrase_file), message)
        named = _chosen(beside, [number])
        fields = _fields(node, named[0])
        if fields["here"]:
            check_file(node, named[0].file)
    if as_json:
        print_json(fields)
        return
    rows = [(name, _word(value)) for name, value in fields.items()]
    print_table(("what", "is"), rows, empty="")


@app.command("fetch")
def fetch(
    message: IdArgument,
    numbers: NumbersArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write them into, in clear; else they stay sealed."
        ),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetches the files beside a message, checks them, and writes them out if asked.

    What broke off is gone on with. Each file is compared with what its origin has
    signed before it appears. Nothing is opened or started, nothing that is there is
    replaced, and a file is called as its sort is called, whatever its name was.

    Without --out, files stay sealed at this node: they go with their message when that
    is taken back. What is written out does not.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found, beside = _beside(node, keys, message)
        note_files(node, found, tuple(one.file for one in beside))
        named = _chosen(beside, numbers)
        away = [one.file for one in named if not is_here(node, one.file)]
        if away:
            run(_fetch(node, keys, away))
        fields = []
        for one in named:
            check_file(node, one.file)
            path = None if out is None else write_file(node, one.file, out)
            fields.append({**_fields(node, one), "file": path and str(path)})
    if as_json:
        print_json({"attachments": fields})
    for written in fields:
        if not as_json and written["file"]:
            print(written["file"])
    if not fields:
        note("There is no file beside this message.")
        return
    note(f"{len(fields)} file(s) fetched, and as their origin has signed them.")
    if out is None:
        note("They are sealed at this node; write them out with --out FOLDER.")
    else:
        note(f"They may be handled as the message may: {found.header.handling}.")
        note(_LATER)


@app.command("forget")
def forget(
    message: IdArgument,
    numbers: NumbersArgument = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Removes files that were fetched from this node's disk.

    They can be fetched again as long as the hub has them.
    """
    with node_session(node_dir) as node:
        found, beside = _beside(node, unlock(node, passphrase_file), message)
        if isinstance(found, SentMessage):
            raise ConfigurationError(
                "this message was sent from here: its files stay until it is gone"
            )
        files, named = sealed_files(node), _chosen(beside, numbers)
        removed = [one.number for one in named if files.remove(one.file.blob)]
    if as_json:
        print_json({"removed": removed})
    note(f"{len(removed)} file(s) removed.")


async def _fetch(node: Node, keys: NodeKeys, files: Sequence[Attached]) -> None:
    async with transfer_of(node, keys, f"fetch-{os.getpid()}") as transfer:
        of, before = sum(one.size for one in files), 0
        with shown_progress("KiB fetched") as told:
            for file in files:

                def so_far(
                    done: int, whole: int, begun: int = before, size: int = file.size
                ) -> None:
                    told((begun + size * done // whole) // _KIB, of // _KIB)

                await transfer.fetch(file, so_far)
                before += file.size


def _beside(
    node: Node, keys: NodeKeys, message: str
) -> tuple[SentMessage | InboxMessage, list[_Named]]:
    """Returns a message and the files beside it, numbered."""
    found = find(node, message).message
    if isinstance(found, InboxMessage) and found.waits:
        note("This message waits for a person: rogatory quarantine show")
    files = files_beside(node, keys, found)
    return found, [_Named(number=at, file=one) for at, one in enumerate(files, 1)]


def _chosen(named: list[_Named], numbers: Sequence[int] | None) -> list[_Named]:
    """Returns the files that were asked for by number; all of them if none was."""
    for number in numbers or ():
        if not 1 <= number <= len(named):
            raise ConfigurationError(
                f"there is no file {number} beside this message; it has {len(named)}"
            )
    return [one for one in named if not numbers or one.number in numbers]


def _fields(node: Node, named: _Named) -> dict[str, object]:
    file = named.file
    return {
        "number": named.number,
        "shows": file.kind,
        "name": file.name,
        "written_as": safe_name(file.name, file.media_type),
        "type": file.media_type,
        "bytes": file.size,
        "caption": file.caption,
        "metadata_stripped": file.metadata_stripped,
        "sha256": file.sha256.hex(),
        "blob": file.blob.hex(),
        "here": is_here(node, file),
    }


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _row(fields: dict[str, object]) -> tuple[str, ...]:
    words = {
        "metadata": "taken out" if fields["metadata_stripped"] else "as it was",
        "here": _word(fields["here"]),
    }
    return tuple(str(words.get(name, fields.get(name, ""))) for name in _COLUMNS)
